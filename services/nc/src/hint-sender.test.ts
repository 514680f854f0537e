import { expect, it } from '@jest/globals';
import { HintSender } from './hint-sender.js';
import { eventually, quietLogger } from './test-support/examples.js';

it('gathers changes, has one hint on its way at a time, and loses one rather than waiting', async () => {
  const sent: (readonly string[])[] = [];
  let release: (() => void) | undefined;
  const sender = new HintSender((subjects) => {
    sent.push(subjects);
    return new Promise((resolve, reject) => {
      release = () => (sent.length === 1 ? reject(new Error('unreachable')) : resolve());
    });
  }, quietLogger());
  for (const id of ['i-1', 'i-2', 'i-1']) sender.changed(id);
  await eventually('the first hint', () => sent.length === 1);
  sender.changed('i-3');
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect(sent).toEqual([['i-1', 'i-2']]);
  release?.();
  await eventually('the second hint', () => sent.length === 2);
  expect(sent[1]).toEqual(['i-3']);
  sender.close();
  release?.();
});
