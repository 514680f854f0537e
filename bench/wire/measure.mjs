/** CPU microseconds of `calls` calls of `task`, user and system together. */
function cpuMicroseconds(task, calls) {
  const before = process.cpuUsage();
  for (let count = 0; count < calls; count += 1) task();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/**
 * Rate of `task` divided by the rate of `bare`, in CPU time. The two take turns in slices of some milliseconds within one process, so that
 * load and clock changes of the machine hit both; the sums count, so that garbage collection does. The warm-up lets the compiler do its
 * work, as in a daemon that has run for a minute.
 */
export function ratio(bare, task, { slices, bareCalls, taskCalls, warmUpCalls }) {
  cpuMicroseconds(bare, bareCalls);
  cpuMicroseconds(task, warmUpCalls);
  let bareTime = 0;
  let taskTime = 0;
  for (let slice = 0; slice < slices; slice += 1) {
    bareTime += cpuMicroseconds(bare, bareCalls);
    taskTime += cpuMicroseconds(task, taskCalls);
  }
  const microseconds = taskTime / (slices * taskCalls);
  return { ratio: bareTime / (slices * bareCalls) / microseconds, microseconds };
}
