// One stack, both ends in this process: { open, cluster, node } makes it ready, { calls } runs calls one after the other and answers
// with the CPU microseconds they took.
import { cpuMicrosecondsAsync } from './measure.mjs';
import { openOurStack } from './our-stack.mjs';
import { openSoapStack } from './soap-stack.mjs';

const stacks = { ours: openOurStack, soap: openSoapStack };
let call;
process.on('message', async ({ open, cluster, node, calls }) => {
  if (open !== undefined) call = await stacks[open](cluster, node);
  process.send(calls === undefined ? 0 : await cpuMicrosecondsAsync(call, calls));
});
process.on('disconnect', () => process.exit());
