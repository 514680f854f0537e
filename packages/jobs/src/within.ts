import { MalleeError } from '@mallee/errors';

/** The value of `work`, or `Platform.Timeout` after `ms`: queue clients wait for their server without an end. */
export async function within<T>(ms: number, tried: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new MalleeError('Platform.Timeout', `no answer in ${ms} ms`, { tried })), ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
