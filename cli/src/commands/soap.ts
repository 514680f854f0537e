import { type Command, InvalidArgumentError, Option } from 'commander';
import { callOperation, type CallSettings } from '../soap/call.js';
import { ending } from '../soap/ending.js';
import { exitCodes } from '../soap/exit-codes.js';
import { fieldHelp } from '../soap/field-help.js';
import { append, profileOption, SUITES } from '../soap/options.js';
import { soapServices, type SoapOperation, type SoapService } from '../soap/services.js';
import { defineSoapVerify } from './soap-verify.js';

const EXIT_CODES = `
Exit code: 0 the peer did it, 1 it answered with a fault or return=false, 2 called wrongly (nothing sent),
3 no usable answer (unreachable, too late, or not verifiably the peer's).`;

/** `mallee soap SERVICE OPERATION` and `mallee soap verify`: the signed SOAP of the daemons by hand. */
export function defineSoap(program: Command): void {
  const soap = program
    .command('soap')
    .description('call the daemons with signed SOAP as they call each other; verify captured messages')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.ok : exitCodes.usage));
  defineSoapVerify(soap);
  for (const service of soapServices()) defineService(soap, service);
}

function defineService(soap: Command, service: SoapService): void {
  const [table] = service.tables.values();
  const dialects = [...service.tables.keys()].filter((dialect) => dialect !== 'mallee').sort();
  const what = dialects.length === 0 ? '' : ` (dialect ${dialects.join(', ')})`;
  const command = soap.command(service.name).description(`operations of ${table?.name ?? ''}${what}`);
  for (const operation of service.operations) defineOperation(command, service, operation);
}

function defineOperation(parent: Command, service: SoapService, operation: SoapOperation): void {
  const dialects = [...operation.tables.keys()].sort();
  const only = dialects.length === service.tables.size ? '' : `only ${dialects.join(', ')}: `;
  const [first] = operation.tables.values();
  const command = parent
    .command(operation.name)
    .alias(operation.wireName)
    .description(`${only}${first?.soapAction ?? ''}`)
    .option(
      '--host <host[:port]>',
      `the daemon${service.defaultPort ? `, port ${service.defaultPort} if not given` : ''}`,
    )
    .option('--url <url>', 'full URL of the endpoint instead; it becomes wsa:To')
    .option('--tls', 'https with --host')
    .option('--tls-pin <file>', 'PEM file of the certificate the daemon shows (default: those of --trust)', append)
    .option('--tls-ca <file>', 'PEM file of an authority that issued it', append)
    .addOption(dialectOption(dialects));
  if (service.signed) withSecurity(command);
  command
    .option('--json <text>', 'the request as a JSON object')
    .option('--input <file>', 'the request as a JSON file, - for standard input')
    .option('--set <field=value>', 'one field of the request; field.inner=value for a record; again for a list', append)
    .option('--dump', 'show the messages as they went over the wire, on standard error')
    .option('--timeout <seconds>', 'for the whole call', seconds, 30)
    .addHelpText('after', () => `\n${fieldHelp(operation, [command.opts<CallSettings>().dialect])}\n${EXIT_CODES}`)
    .action((settings: CallSettings) => ending(() => callOperation(service, operation, settings)));
}

function dialectOption(dialects: readonly string[]): Option {
  const option = new Option('--dialect <dialect>', 'interface of Eucalyptus 2.0 or of 3.0 and later (4.4)');
  option.choices(dialects).default(dialects[0]);
  return dialects.length === 1 ? option.hideHelp() : option;
}

function withSecurity(command: Command): void {
  command
    .addOption(profileOption())
    .addOption(
      new Option(
        '--suite <suite>',
        'algorithms (default: rsa-sha256, with profile headers-only rsa-sha1); originals take rsa-sha1 only',
      ).choices(SUITES),
    )
    .option('--key <file>', 'PEM file of the private key that signs the request')
    .option('--cert <file>', 'PEM file of its certificate')
    .option('--trust <file>', 'PEM file of the certificate that must sign the reply; may be repeated', append)
    .addOption(
      new Option('--verify-replies <when>', 'if-signed believes an unsigned reply: for a peer that cannot sign')
        .choices(['required', 'if-signed'])
        .default('required'),
    );
}

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0 && value <= 3600) return value;
  throw new InvalidArgumentError('seconds, more than 0 and at most 3600');
}
