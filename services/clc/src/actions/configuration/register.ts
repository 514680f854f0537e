import { z } from 'zod';
import { deregisterComponent, registerComponent } from '../../components/registration.js';
import type { ComponentType, Speech } from '../../components/registry.js';
import { defineAction, type Action } from '../../ec2/action.js';
import { integer, optionalText, text } from '../../ec2/schema.js';

const kinds: readonly { type: ComponentType; noun: string }[] = [
  { type: 'cluster', noun: 'Cluster' },
  { type: 'storage', noun: 'StorageController' },
  { type: 'walrus', noun: 'Walrus' },
];

const name = text(64).pipe(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'use letters, digits, dot, dash and _'));

/** How a cluster controller of the original speaks; ours needs none of these. */
const speechParameters = {
  Dialect: z.enum(['2.0', '4.4']).optional(),
  Profile: z.enum(['body-timestamp', 'headers-only']).optional(),
  /** Default rsa-sha1 with headers-only, which only originals have. */
  Suite: z.enum(['rsa-sha256', 'rsa-sha1']).optional(),
};

/** `given` has been checked against the parameters of the action. Undefined: nothing was said of it. */
function speechOf(given: object): Speech | undefined {
  const { Dialect, Profile, Suite } = z.object(speechParameters).parse(given);
  if (Dialect === undefined && Profile === undefined && Suite === undefined) return undefined;
  const suite = Suite ?? (Profile === 'headers-only' ? 'rsa-sha1' : 'rsa-sha256');
  return { dialect: Dialect ?? '2.0', profile: Profile ?? 'body-timestamp', suite };
}

function register({ type, noun }: (typeof kinds)[number]): Action {
  return defineAction({
    name: `Register${noun}`,
    authorization: 'cloud-admin',
    metric: `Register${noun}`,
    summary: `Register a component of type ${type}, or renew its address and certificate.`,
    parameters: z.object({
      Name: name,
      Partition: optionalText(64),
      Host: text(253),
      Port: integer(1, 65_535),
      /** `true`: it listens with TLS, showing this certificate. */
      Tls: z.enum(['true', 'false']).default('false'),
      Certificate: text(16_384),
      ...(type === 'cluster' ? speechParameters : {}),
    }),
    async run(given, { pool, componentsChanged }) {
      await registerComponent(pool, {
        type,
        name: given.Name,
        // The zone of a cluster is its name unless told otherwise, as in the original; Walrus belongs to no zone.
        partition: type === 'walrus' ? 'eucalyptus' : (given.Partition ?? given.Name),
        host: given.Host,
        port: given.Port,
        tls: given.Tls === 'true',
        certificate: given.Certificate,
        speech: type === 'cluster' ? speechOf(given) : undefined,
      });
      await componentsChanged();
      return { _return: true };
    },
  });
}

function deregister({ type, noun }: (typeof kinds)[number]): Action {
  return defineAction({
    name: `Deregister${noun}`,
    authorization: 'cloud-admin',
    metric: `Deregister${noun}`,
    summary: `Remove a component of type ${type} that nothing uses any more.`,
    parameters: z.object({ Name: name }),
    async run(given, { pool, componentsChanged }) {
      await deregisterComponent(pool, type, given.Name);
      await componentsChanged();
      return { _return: true };
    },
  });
}

export const registrationActions: readonly Action[] = kinds.flatMap((kind) => [register(kind), deregister(kind)]);
