import type { Action } from '../../ec2/action.js';
import type { QueryService } from '../../ec2/query-handler.js';
import { xmlDocument } from '../../ec2/xml.js';
import { CreateAccessKey } from './CreateAccessKey.js';
import { CreateAccount } from './CreateAccount.js';
import { CreateUser } from './CreateUser.js';
import { DescribeComponents } from './DescribeComponents.js';
import { DescribeUsers } from './DescribeUsers.js';
import { registrationActions } from './register.js';
import { DeleteAccessKey, DeleteSigningCertificate, UpdateUser } from './revocation.js';
import { CreateSigningCertificate, UploadSigningCertificate } from './signing-certificates.js';

const actions: readonly Action[] = [
  ...registrationActions,
  DescribeComponents,
  CreateAccount,
  CreateUser,
  CreateAccessKey,
  CreateSigningCertificate,
  UploadSigningCertificate,
  DescribeUsers,
  UpdateUser,
  DeleteAccessKey,
  DeleteSigningCertificate,
];

export const configurationActions: ReadonlyMap<string, Action> = new Map(
  actions.map((action) => [action.name, action]),
);

/**
 * The admin service. Its tools compare element names with their literal prefix (`euca:_return`), and the answer element
 * is named after the message type.
 */
export const configurationService: QueryService = {
  dialect: 'ec2',
  actions: configurationActions,
  write: (action, content, _version, requestId) =>
    xmlDocument(
      `${action.name}ResponseType`,
      'http://msgs.eucalyptus.com',
      { correlationId: requestId, ...content },
      { prefix: 'euca:', scalarItem: 'entry' },
    ),
};
