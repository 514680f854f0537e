import { MalleeError } from '@mallee/errors';
import { type DaemonName, daemons } from './layout.js';

/** Where one daemon of a cloud on several machines is. */
export interface Host {
  readonly daemon: DaemonName;
  /** `clc`, `walrus`, `sc`, `cc`, `nc-1`, `nc-2` ... */
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** The ports of the original. */
const defaultPorts: Record<DaemonName, number> = { clc: 8773, cc: 8774, nc: 8775, walrus: 8776, sc: 8777 };

const HOST = /^(?<daemon>[a-z]+)=(?<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(?::(?<port>\d{1,5}))?$/;

/**
 * Reads `clc=10.0.0.1`, `nc=node1.example:9775` ... Exactly one of each daemon, one or more `nc`. Nodes that have a name
 * keep it (their keys carry on); new ones are numbered above `taken`, all numbers ever given. Pure.
 * @throws InvalidParameterValue
 */
export function assignHosts(given: readonly string[], known: readonly Host[], taken: readonly number[] = []): Host[] {
  const parsed = given.map(parseHost);
  for (const daemon of daemons) {
    const count = parsed.filter((one) => one.daemon === daemon).length;
    if (count === 0) throw wrong(`--host ${daemon}=ADDRESS is missing`);
    if (count > 1 && daemon !== 'nc') throw wrong(`--host ${daemon}=... may be given once`);
  }
  const places = parsed.map(({ host, port }) => `${host}:${port}`);
  const twice = places.find((place, index) => places.indexOf(place) !== index);
  if (twice !== undefined) throw wrong(`${twice} is given to two daemons`);
  const numbers = [...taken, ...known.filter(({ daemon }) => daemon === 'nc').map(({ name }) => Number(name.slice(3)))];
  let last = Math.max(0, ...numbers);
  return parsed.map(({ daemon, host, port }) => {
    const same = known.find((one) => one.daemon === 'nc' && one.host === host && one.port === port);
    const name = daemon !== 'nc' ? daemon : (same?.name ?? `nc-${(last += 1)}`);
    return { daemon, name, host, port };
  });
}

function parseHost(text: string): Omit<Host, 'name'> {
  const { daemon, host, port } = HOST.exec(text)?.groups ?? {};
  const name = daemons.find((one) => one === daemon);
  if (name === undefined || host === undefined) {
    throw wrong(
      `'${text.slice(0, 100)}' is not DAEMON=ADDRESS or DAEMON=ADDRESS:PORT with one of ${daemons.join(', ')}`,
    );
  }
  const number = port === undefined ? defaultPorts[name] : Number(port);
  if (number < 1 || number > 65_535) throw wrong(`'${text}': a port is 1 to 65535`);
  return { daemon: name, host, port: number };
}

function wrong(message: string): MalleeError {
  return new MalleeError('InvalidParameterValue', message);
}
