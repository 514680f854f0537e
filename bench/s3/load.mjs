import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process that sends requests; `run` gives what one job took. */
export class Load {
  #child = fork(fileURLToPath(new URL('./load-child.mjs', import.meta.url)));

  async run(store, job) {
    const { port, bucket, credentials } = store;
    this.#child.send({ port, bucket, credentials, ...job });
    const [result] = await once(this.#child, 'message');
    if (result.error !== undefined) throw new Error(result.error);
    return result;
  }

  stop() {
    this.#child.disconnect();
  }
}

/** Total seconds of several jobs for each of the stores; they take turns, so that load and clock changes of the machine hit all. */
export async function takeTurns(load, stores, jobs) {
  const totals = stores.map(() => 0);
  for (const job of jobs) {
    for (const [i, store] of stores.entries()) totals[i] += (await load.run(store, job)).seconds;
  }
  return totals;
}
