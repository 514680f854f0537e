import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { tagSpecifications, text } from '../../ec2/schema.js';
import { checkKeyName, storeKeyPair } from '../../resources/key-pairs.js';
import { importSshKey } from '../../resources/ssh-keys.js';
import { requestedTags } from '../../resources/tags.js';

export const ImportKeyPair = defineAction({
  name: 'ImportKeyPair',
  authorization: 'user',
  metric: 'ImportKeyPair',
  summary: 'Store a public key (RSA or Ed25519) made elsewhere.',
  parameters: z.object({ KeyName: text(255), PublicKeyMaterial: text(), TagSpecification: tagSpecifications }),
  async run(given, { pool, caller }) {
    const name = checkKeyName(given.KeyName);
    const tags = requestedTags(given.TagSpecification, 'key-pair');
    const key = importSshKey(decoded(given.PublicKeyMaterial), `${caller.userName}@eucalyptus`);
    const keyPairId = await storeKeyPair(pool, caller, { name, ...key }, tags);
    return { keyName: name, keyFingerprint: key.fingerprint, keyPairId };
  },
});

function decoded(material: string): string {
  const text = material.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
    throw new MalleeError('InvalidKey.Format', 'PublicKeyMaterial is not base64');
  }
  const bytes = Buffer.from(text, 'base64');
  const asText = bytes.toString('latin1');
  // DER starts with a SEQUENCE; everything else is a text form.
  return bytes[0] === 0x30 ? text : asText;
}
