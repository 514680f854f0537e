import { MalleeError } from '@mallee/errors';
import { z } from 'zod';
import { defineAction } from '../../ec2/action.js';
import { optionalText, tagSpecifications, text } from '../../ec2/schema.js';
import { checkKeyName, storeKeyPair } from '../../resources/key-pairs.js';
import { generateSshKey } from '../../resources/ssh-keys.js';
import { requestedTags } from '../../resources/tags.js';

export const CreateKeyPair = defineAction({
  name: 'CreateKeyPair',
  authorization: 'user',
  metric: 'CreateKeyPair',
  summary: 'Make an RSA 2048 key pair; the private key is in the answer and nowhere else.',
  parameters: z.object({ KeyName: text(255), KeyType: optionalText(16), TagSpecification: tagSpecifications }),
  async run(given, { pool, caller, version }) {
    const name = checkKeyName(given.KeyName);
    if ((given.KeyType ?? 'rsa') !== 'rsa') {
      throw new MalleeError('InvalidParameterValue', 'KeyType must be rsa; import keys of other types');
    }
    const tags = requestedTags(given.TagSpecification, 'key-pair');
    const key = await generateSshKey(`${caller.userName}@eucalyptus`);
    const keyPairId = await storeKeyPair(pool, caller, { name, ...key }, tags);
    return {
      keyName: name,
      keyFingerprint: key.fingerprint,
      keyMaterial: key.keyMaterial,
      keyPairId: version.modern ? keyPairId : undefined,
    };
  },
});
