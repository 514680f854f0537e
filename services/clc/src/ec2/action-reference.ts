import { configurationActions } from '../actions/configuration/index.js';
import { ec2Actions } from '../actions/ec2/index.js';
import { stsActions } from '../actions/sts/index.js';
import type { Action } from './action.js';

const head = `# Query actions

Written from the action tables by \`node services/clc/dist/ec2/write-action-reference.js\`; a test compares.

Requests are signed with Signature V2 or V4 and sent by GET or as a POST form. Any API date from 2009-11-30 on is answered in
\`http://ec2.amazonaws.com/doc/DATE/\`; dates before 2010 get only the elements of their time. Other versions (\`eucalyptus\`,
\`3.3.0\`) are answered in \`http://msgs.eucalyptus.com\` (with \`/3.3.0\`). Unknown parameters are ignored, empty optional ones are
accepted, \`DryRun\` works everywhere. A user sees the resources of the own account; an administrator of the cloud also those
of others by id, or all of them with the id \`verbose\`.
`;

/** The text of docs/reference/ec2-actions.md. */
export function actionReference(): string {
  return [
    head,
    section('EC2', 'At `/`, `/services/Eucalyptus` and `/services/compute`.', ec2Actions),
    section('STS', 'At `/` and `/services/Tokens`, version 2011-06-15.', stsActions),
    section('Administration', 'At `/services/Configuration`, version `eucalyptus`.', configurationActions),
  ].join('\n');
}

function section(title: string, where: string, actions: ReadonlyMap<string, Action>): string {
  const rows = [...actions.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((action) => `| ${action.name} | ${action.authorization} | ${action.summary} |`);
  return [`## ${title}`, '', where, '', '| Action | Who | What |', '|---|---|---|', ...rows, ''].join('\n');
}
