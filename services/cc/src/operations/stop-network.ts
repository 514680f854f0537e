import { success, type Operation } from './operation.js';

/** With mode 0 no network belongs to a group, so none is stopped. */
export const stopNetwork: Operation<'StopNetwork'> = (_cluster, request, context) =>
  Promise.resolve(success(request, context));
