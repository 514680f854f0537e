import type { CataloguePart } from '../entry.js';

export const platform = {
  InternalError: {
    family: 'platform',
    status: 500,
    cause: 'Something failed that has no more precise code; the log line with the correlation id has the cause.',
    remedy: 'Look up the correlation id in the daemon logs (mallee logs) and report it.',
  },
  'Configuration.Invalid': {
    family: 'platform',
    status: 500,
    cause: 'A configuration file is missing a value or has one of the wrong shape.',
    remedy: 'Correct the named key in the named file and start the daemon again.',
  },
  'Command.Invalid': {
    family: 'platform',
    status: 400,
    cause: 'A command was called with options, files or a request that do not fit. Nothing was sent or changed.',
    remedy: 'Correct what the message names; the command with --help shows its options and the fields of a request.',
  },
  'Platform.NoCloud': {
    family: 'platform',
    status: 404,
    cause: 'A command for the cloud of this machine found none in the state directory.',
    remedy: 'Start one with ./mallee up, or name the directory of an existing one with --state.',
  },
  'Platform.ProgramMissing': {
    family: 'platform',
    status: 500,
    cause: 'A program that the daemon drives is not installed.',
    remedy: 'Install the named Debian package.',
  },
  'Platform.PackageUnavailable': {
    family: 'platform',
    status: 503,
    cause: 'A Debian package that is unpacked on the spot cannot be had.',
    remedy: 'Check the network and run apt-get update, or put the package into the archive that apt uses.',
  },
  'Platform.CommandFailed': {
    family: 'platform',
    status: 500,
    cause: 'A program that the daemon drives ended with an error.',
    remedy: 'Read the stderr text in the details.',
  },
  'Platform.Timeout': {
    family: 'platform',
    status: 504,
    cause: 'A step did not finish before its deadline.',
    remedy: 'Retry; if it repeats, look at the load of the machine and at the log of the peer named.',
  },
  'Database.Unavailable': {
    family: 'platform',
    status: 503,
    cause: 'PostgreSQL does not answer.',
    remedy: 'Check the database address in the configuration and that the server runs.',
  },
  'Database.MigrationConflict': {
    family: 'platform',
    status: 500,
    cause: 'The migrations applied to the database are not those of this version.',
    remedy: 'Run the version that made the database, or restore a database of this version.',
  },
  'Database.MigrationFailed': {
    family: 'platform',
    status: 500,
    cause: 'A migration ended with an SQL error; it was rolled back.',
    remedy: 'Read the SQL message and the named file.',
  },
  'Workflow.Cancelled': {
    family: 'platform',
    status: 409,
    cause: 'A lifecycle workflow was cancelled by a later operation on the same subject.',
    remedy: 'Nothing to do: the later operation goes on.',
  },
  'Workflow.Unknown': {
    family: 'platform',
    status: 500,
    cause: 'A queued job names a workflow that this version does not have.',
    remedy: 'Run the version that queued it.',
  },
  'Workflow.DeadlineExceeded': {
    family: 'platform',
    status: 504,
    cause: 'A lifecycle workflow did not end before its deadline.',
    remedy: 'Read the last step in the reason; retry the operation.',
  },
} as const satisfies CataloguePart;
