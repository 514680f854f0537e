import { describe, expect, it } from '@jest/globals';
import type { DomainEnding, DomainState, RecoveredDomain } from '@mallee/hypervisor';
import fc from 'fast-check';
import { newInstance } from '../instances/lifecycle.js';
import { instanceStates, type InstanceRecord, type InstanceState } from '../instances/record.js';
import { exampleLaunch } from '../test-support/examples.js';
import { MAX_RESUMES, planAdoption } from './plan-adoption.js';

const id = 'i-0A1B2C3D';
const home = '/var/lib/mallee/instances';

function record(state: InstanceState, resumes = 0): InstanceRecord {
  return { ...newInstance(exampleLaunch(), new Date()), state, resumes };
}

function domain(state: DomainState, ending?: DomainEnding, metadata: unknown = undefined): RecoveredDomain {
  return { instanceId: id, state, metadata, ...(ending === undefined ? {} : { ending }) };
}

const plan = (records: InstanceRecord[], domains: RecoveredDomain[]) => planAdoption(records, domains, home)[0];

describe('adoption after a restart', () => {
  it('never touches a guest that runs', () => {
    for (const state of ['Staging', 'Booting', 'Running', 'Rebooting'] as const) {
      for (const alive of ['running', 'paused', 'stopping'] as const) {
        expect(plan([record(state)], [domain(alive)])).toEqual({ do: 'adopt', instanceId: id });
      }
    }
  });

  it('takes a launch up again, a limited number of times', () => {
    expect(plan([record('Staging')], [])).toEqual({ do: 'resume', instanceId: id });
    expect(plan([record('Booting')], [domain('stopped', 'never-started')])).toEqual({ do: 'resume', instanceId: id });
    expect(plan([record('Staging', MAX_RESUMES)], [])).toMatchObject({
      do: 'stop',
      reason: { code: 'Node.Restarted' },
    });
  });

  it('does not boot a guest again that ended meanwhile', () => {
    expect(plan([record('Booting')], [domain('stopped', 'guest-shutdown')])).toMatchObject({
      do: 'stop',
      reason: { code: 'Client.InstanceInitiatedShutdown' },
    });
    expect(plan([record('Running')], [])).toMatchObject({ do: 'stop', reason: { code: 'Node.Restarted' } });
  });

  it('goes on with a reboot and with a teardown', () => {
    expect(plan([record('Rebooting')], [domain('stopped', 'destroyed')])).toEqual({ do: 'reboot', instanceId: id });
    expect(plan([record('Stopping')], [domain('running')])).toEqual({ do: 'tear-down', instanceId: id });
    expect(plan([record('Teardown')], [domain('running')])).toEqual({ do: 'destroy-domain', instanceId: id });
  });

  it('restores a record from its domain, but only its own', () => {
    const kept = record('Booting');
    const metadata = { version: 1, instancesDirectory: home, record: kept };
    expect(plan([], [domain('running', undefined, metadata)])).toEqual({ do: 'restore', record: kept });
    const foreign = { ...metadata, instancesDirectory: '/elsewhere' };
    const other = { ...metadata, record: { ...kept, launch: { ...kept.launch, instanceId: 'i-FFFFFFFF' } } };
    for (const odd of [foreign, other, undefined, null, 'text', { record: {} }]) {
      expect(plan([], [domain('running', undefined, odd)])).toEqual({ do: 'report', instanceId: id });
    }
  });

  it('has an answer for every record that is not over, and destroys only what a record says is over', () => {
    const state = fc.constantFrom(...instanceStates);
    const seen = fc.option(
      fc.record({
        state: fc.constantFrom<DomainState>('running', 'paused', 'stopping', 'stopped'),
        ending: fc.constantFrom<DomainEnding>(
          'never-started',
          'guest-shutdown',
          'destroyed',
          'crashed',
          'failed',
          'unknown',
        ),
      }),
    );
    fc.assert(
      fc.property(state, fc.nat(5), seen, (one, resumes, found) => {
        const domains =
          found === null ? [] : [domain(found.state, found.state === 'stopped' ? found.ending : undefined)];
        const action = plan([record(one, resumes)], domains);
        if (one === 'Teardown') expect(action?.do).toBe(found === null ? undefined : 'destroy-domain');
        else expect(action).toBeDefined();
        if (action?.do === 'destroy-domain') expect(one).toBe('Teardown');
      }),
    );
  });
});
