export { startLifecycle, type Lifecycle, type LifecycleOptions } from './start-lifecycle.js';
