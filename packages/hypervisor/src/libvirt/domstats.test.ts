import { expect, it } from '@jest/globals';
import { parseDomainStates } from './domstats.js';

it('translates the numbers of libvirt', () => {
  const block = (name: string, state: number, reason: number) =>
    `Domain: '${name}'\n  state.state=${state}\n  state.reason=${reason}\n\n`;
  const output = [
    block('a', 1, 1),
    block('b', 5, 1),
    block('c', 5, 3),
    block('d', 5, 0),
    block('e', 3, 5),
    block('f', 6, 1),
  ];
  expect(parseDomainStates(output.join(''))).toEqual([
    { name: 'a', state: 'running' },
    { name: 'b', state: 'stopped', ending: 'guest-shutdown' },
    { name: 'c', state: 'stopped', ending: 'crashed' },
    { name: 'd', state: 'stopped', ending: 'never-started' },
    { name: 'e', state: 'paused' },
    { name: 'f', state: 'stopped', ending: 'crashed' },
  ]);
});

it('gives nothing for an empty answer', () => expect(parseDomainStates('\n')).toEqual([]));
