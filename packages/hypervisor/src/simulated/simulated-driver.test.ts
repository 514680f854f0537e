import { expect, it } from '@jest/globals';
import { MalleeError } from '@mallee/errors';
import { driverContract } from '../driver-contract.testing.js';
import { exampleSpec } from '../example-spec.testing.js';
import { SimulatedDriver } from './simulated-driver.js';

driverContract('simulated', () => {
  return Promise.resolve({
    driver: new SimulatedDriver(),
    spec: (instanceId: string) => exampleSpec(instanceId, '/nowhere'),
    stop: () => Promise.resolve(),
  });
});

it('plays a guest that ends by itself and a hypervisor that fails', async () => {
  const driver = new SimulatedDriver();
  await driver.create(exampleSpec('i-0000000A', '/nowhere'));
  driver.end('i-0000000A', 'crashed');
  expect(await driver.inspect('i-0000000A')).toEqual({ instanceId: 'i-0000000A', state: 'stopped', ending: 'crashed' });
  driver.failWith(new MalleeError('Node.HypervisorUnavailable', 'down'));
  await expect(driver.list()).rejects.toMatchObject({ code: 'Node.HypervisorUnavailable' });
});
