/** CPU microseconds per call of `task`, user and system together. */
export function cpuMicroseconds(task, calls) {
  const before = process.cpuUsage();
  for (let count = 0; count < calls; count += 1) task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

/**
 * Rate of `task` divided by the rate of `bare`: the two take turns within one process, so that load and clock changes of the machine hit
 * both, and the median of the rounds is given. The warm-up lets the compiler do its work, as in a daemon that has run for a minute.
 */
export function ratio(bare, task, { rounds, bareCalls, taskCalls, warmUpCalls }) {
  cpuMicroseconds(bare, bareCalls);
  cpuMicroseconds(task, warmUpCalls);
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = cpuMicroseconds(bare, bareCalls);
    const own = cpuMicroseconds(task, taskCalls);
    const after = cpuMicroseconds(bare, bareCalls);
    results.push({ ratio: (before + after) / 2 / own, microseconds: own });
  }
  results.sort((left, right) => left.ratio - right.ratio);
  return results[Math.floor(rounds / 2)];
}
