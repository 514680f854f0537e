import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { identity } from './identity.mjs';
import { times } from './measure.mjs';

/**
 * A signed call and its signed reply over HTTP of loopback with connections kept open. Each stack has a process of its own, with both ends
 * in it, so that neither pays for the garbage of the other; they take turns.
 */
export async function measureRoundTrip(cluster, quick) {
  const node = await identity('node');
  const [theirs, ours] = [start(), start()];
  const [slices, theirCalls, ourCalls] = quick ? [3, 4, 100] : [10, 8, 200];
  try {
    await theirs.ask({ open: 'soap', cluster, node });
    await ours.ask({ open: 'ours', cluster, node });
    await theirs.ask({ calls: quick ? 10 : 40 });
    await ours.ask({ calls: quick ? 2000 : 3000 });
    let [theirTime, ourTime] = [0, 0];
    for (let slice = 0; slice < slices; slice += 1) {
      theirTime += await theirs.ask({ calls: theirCalls });
      ourTime += await ours.ask({ calls: ourCalls });
    }
    return {
      figure: 'signed round trip over HTTP, both ends in one process, ours / soap WSSecurityCert + xml-crypto',
      unit: 'ratio',
      bar: 20,
      aim: 40,
      lowerIsBetter: false,
      digits: 1,
      ...times(theirTime / (slices * theirCalls), ourTime / (slices * ourCalls)),
    };
  } finally {
    theirs.stop();
    ours.stop();
  }
}

function start() {
  // xml-crypto warns of a call that the soap package makes.
  const execArgv = ['--no-deprecation'];
  const child = fork(fileURLToPath(new URL('./round-trip-child.mjs', import.meta.url)), { execArgv });
  return {
    async ask(message) {
      child.send(message);
      const ended = new AbortController();
      const failed = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
        throw new Error(`a process of the round trip ended with ${code}`);
      });
      const [answer] = await Promise.race([once(child, 'message'), failed]);
      failed.catch(() => undefined);
      ended.abort();
      return answer;
    },
    stop: () => child.disconnect(),
  };
}
