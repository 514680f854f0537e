/** CPU microseconds of `calls` calls of `task`, user and system together, of all threads of this process. */
export function cpuMicroseconds(task, calls) {
  const before = process.cpuUsage();
  for (let count = 0; count < calls; count += 1) task();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** The same for a task that answers with a promise. */
export async function cpuMicrosecondsAsync(task, calls) {
  const before = process.cpuUsage();
  for (let count = 0; count < calls; count += 1) await task();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/**
 * Rate of `task` divided by the rate of `other`, in CPU time. The two take turns in slices of some milliseconds within one process, so that
 * load and clock changes of the machine hit both; the sums count, so that garbage collection does. The warm-up lets the compiler do its
 * work, as in a daemon that has run for a minute.
 */
export function ratio(other, task, { slices, otherCalls, taskCalls, warmUpCalls, otherWarmUp = otherCalls }) {
  cpuMicroseconds(other, otherWarmUp);
  cpuMicroseconds(task, warmUpCalls);
  let otherTime = 0;
  let taskTime = 0;
  for (let slice = 0; slice < slices; slice += 1) {
    otherTime += cpuMicroseconds(other, otherCalls);
    taskTime += cpuMicroseconds(task, taskCalls);
  }
  return times(otherTime / (slices * otherCalls), taskTime / (slices * taskCalls));
}

/** `ratio` for tasks that answer with promises; the calls of one slice follow each other. */
export async function ratioAsync(other, task, { slices, otherCalls, taskCalls, warmUpCalls, otherWarmUp }) {
  await cpuMicrosecondsAsync(other, otherWarmUp);
  await cpuMicrosecondsAsync(task, warmUpCalls);
  let otherTime = 0;
  let taskTime = 0;
  for (let slice = 0; slice < slices; slice += 1) {
    otherTime += await cpuMicrosecondsAsync(other, otherCalls);
    taskTime += await cpuMicrosecondsAsync(task, taskCalls);
  }
  return times(otherTime / (slices * otherCalls), taskTime / (slices * taskCalls));
}

/** The value of a figure and what stands behind it. */
export function times(otherMicroseconds, microseconds) {
  return {
    value: otherMicroseconds / microseconds,
    cpuMicroseconds: Number(microseconds.toFixed(1)),
    otherCpuMicroseconds: Number(otherMicroseconds.toFixed(1)),
  };
}
