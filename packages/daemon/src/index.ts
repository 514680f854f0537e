export {
  baseConfigSchema,
  listenSchema,
  loadConfig,
  loadIdentity,
  loadTrusted,
  roles,
  type BaseConfig,
  type Role,
} from './config.js';
export {
  correlationHeader,
  currentCorrelationId,
  isCorrelationId,
  newCorrelationId,
  withCorrelation,
} from './correlation.js';
export { Health, type CheckResult } from './health.js';
export { HttpListener, type HttpHandler, type HttpListenerOptions } from './http-listener.js';
export { liveIdentity } from './live-identity.js';
export { createLogger, type Logger, type LoggerOptions } from './logger.js';
export { Metrics } from './metrics.js';
export { loadPeers, type PeerRules } from './peers.js';
export { readBody } from './read-body.js';
export { keepTlsCurrent, tlsOptions, type TlsFiles } from './tls-files.js';
export { watchFiles } from './watch-files.js';
export { splitCertificates } from './pem.js';
export { runDaemon, type DaemonContext, type DaemonDefinition, type RunningDaemon } from './run-daemon.js';
