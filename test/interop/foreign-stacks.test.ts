import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SoapClient } from '@mallee/soap-rpc';
import { describeReal } from '@mallee/testing';
import { EucalyptusNC_2_0, wsdlText, type EucalyptusNCOperations_2_0 } from '@mallee/wsdl-types';
import { Gsoap } from './gsoap/gsoap.js';
import { NodeSoap } from './node-soap/node-soap.js';
import { serveWithNodeSoap } from './node-soap/server.js';
import { runCli } from '../../cli/src/test-support/run-cli.js';
import { changingProxy } from './support/changing-proxy.js';
import { Endpoints, type IdentityName } from './support/endpoints.js';
import type { Call, Outcome, Stack, Suite, Target } from './support/stack.js';
import { PYTHON, Zeep } from './zeep/zeep.js';

/*
 * Foreign SOAP stacks as peers of a running node controller (with the simulated hypervisor: instances are records only) and of the cluster
 * controller above it. Each stack reads the WSDL that the endpoint serves, signs with its own code, and verifies the signature of every
 * reply. Nothing of ours is in between.
 */

const user = { userId: 'eucalyptus' };

function runInstance(instanceId: string): Call {
  const instanceType = { name: 'm1.small', memory: 128, cores: 1, disk: 2 };
  const privateMacAddress = 'd0:0d:12:34:56:78';
  const netParams = { privateMacAddress, privateIp: '10.88.0.9', publicIp: '0.0.0.0', vlan: -1, networkIndex: -1 };
  const image = { imageId: 'emi-12345678', imageURL: 'http://127.0.0.1:9/services/Walrus/images/tiny.manifest.xml' };
  const rest = { keyName: '', netParams, launchIndex: '0', groupNames: ['default'] };
  const fields = { ...user, ...image, reservationId: 'r-12345678', instanceId, instanceType, ...rest };
  return { operation: 'ncRunInstance', fields };
}

const describeResource: Call = { operation: 'ncDescribeResource', fields: user };
const describeInstances: Call = { operation: 'ncDescribeInstances', fields: user };
const terminate = (instanceId: string): Call => ({ operation: 'ncTerminateInstance', fields: { ...user, instanceId } });
const clusterCalls: readonly Call[] = [
  {
    operation: 'DescribeResources',
    fields: { ...user, instanceTypes: [{ name: 'm1.small', memory: 128, cores: 1, disk: 2 }] },
  },
  { operation: 'StartNetwork', fields: { ...user, vlan: 10, netName: 'default' } },
  { operation: 'DescribeInstances', fields: user },
];

const endpoints = new Endpoints();

const needs = {
  endpoints: { programs: ['redis-server'] },
  gsoap: {
    programs: ['wsdl2h', 'soapcpp2', 'gcc'],
    files: ['stdio.h', 'stdsoap2.h', 'openssl/pem.h', 'zlib.h'].map((header) => `/usr/include/${header}`),
  },
  zeep: { programs: [PYTHON], files: ['zeep', 'xmlsec'].map((name) => `/usr/lib/python3/dist-packages/${name}`) },
};

describeReal(needs.endpoints, 'foreign SOAP stacks', () => {
  beforeAll(async () => {
    await endpoints.start();
  }, 180_000);

  afterAll(async () => {
    await endpoints.stop();
  }, 60_000);

  function target(service: 'nc' | 'cc', caller: IdentityName, suite: Suite, more: Partial<Target> = {}): Target {
    const url = service === 'nc' ? endpoints.nodeUrl : endpoints.clusterUrl;
    const peer = endpoints.certificate(service === 'nc' ? 'node' : 'cluster');
    const own = { key: endpoints.key(caller), certificate: endpoints.certificate(caller) };
    return { url, wsdlUrl: `${url}?wsdl`, ...own, peer, suite, signing: 'profile', ...more };
  }

  function identityOf(name: IdentityName): { privateKeyPem: string; certificatePem: string } {
    const read = (file: string): string => readFileSync(file, 'utf8');
    return { privateKeyPem: read(endpoints.key(name)), certificatePem: read(endpoints.certificate(name)) };
  }

  function laterTarget(service: 'nc' | 'cc'): Target {
    const given = target(service, service === 'nc' ? 'later-cluster' : 'later-cloud', 'rsa-sha256');
    return { ...given, wsdlUrl: `${given.url}?wsdl=4.4` };
  }

  /** What every stack has to manage. `letter` keeps their instances apart. */
  function itIsAPeer(letter: string, stackOf: (service: 'nc' | 'cc') => Stack): void {
    it.each([
      ['rsa-sha256', 'cluster'],
      ['rsa-sha1', 'original-cluster'],
    ] as const)(
      'calls the NC with %s and verifies its replies',
      async (suite, caller) => {
        const id = `i-${letter}000000${suite === 'rsa-sha1' ? '1' : '2'}`;
        const calls = [describeResource, runInstance(id), describeInstances, terminate(id), terminate('i-00000000')];
        const outcomes = await stackOf('nc').call(target('nc', caller, suite), calls);
        const [resource, run, instances, terminated, unknown] = outcomes;
        expect(resource).toMatchObject({ reply: { nodeStatus: 'OK', memorySizeMax: 4096, numberOfCoresMax: 8 } });
        expect(run).toMatchObject({ reply: { instance: { instanceId: id, stateName: 'Pending' } } });
        expect(instances?.reply?.['instances']).toEqual(
          expect.arrayContaining([expect.objectContaining({ instanceId: id })]),
        );
        expect(terminated).toMatchObject({ reply: { instanceId: id } });
        expect(refusal(unknown)).toBe(true);
      },
      60_000,
    );

    it.each([
      ['rsa-sha256', 'cloud'],
      ['rsa-sha1', 'original-cloud'],
    ] as const)(
      'calls the CC with %s and verifies its replies',
      async (suite, caller) => {
        const outcomes = await stackOf('cc').call(target('cc', caller, suite), clusterCalls);
        expect(outcomes.map(({ operation, error }) => [operation, error])).toEqual(
          clusterCalls.map(({ operation }) => [operation, undefined]),
        );
        const resources = [expect.objectContaining({ instanceType: expect.objectContaining({ name: 'm1.small' }) })];
        expect(outcomes[0]?.reply?.['resources']).toEqual(resources);
      },
      60_000,
    );

    it('is refused when it leaves the addressing headers unsigned', async () => {
      const [outcome] = await stackOf('nc').call(target('nc', 'cluster', 'rsa-sha256', { signing: 'stack' }), [
        describeResource,
      ]);
      expect(outcome?.error).toBeDefined();
      expect(endpoints.lastRefusal('nc')).toMatchObject({ code: 'Wire.PolicyViolation' });
    }, 60_000);

    it('is refused with RSA-SHA1 where that is not configured for it, and with a certificate that is not registered', async () => {
      await stackOf('nc').call(target('nc', 'cluster', 'rsa-sha1'), [describeResource]);
      expect(endpoints.lastRefusal('nc')).toMatchObject({ code: 'Wire.AlgorithmRefused' });
      await stackOf('nc').call(target('nc', 'intruder', 'rsa-sha256'), [describeResource]);
      expect(endpoints.lastRefusal('nc')).toMatchObject({ code: 'Wire.UnknownCertificate' });
    }, 60_000);

    it('does not believe a reply that another certificate signed', async () => {
      const stranger = target('nc', 'cluster', 'rsa-sha256', { peer: endpoints.certificate('intruder') });
      const [outcome] = await stackOf('nc').call(stranger, [describeResource]);
      expect(outcome?.error).toMatch(wrongSignature);
    }, 60_000);

    it('does not believe a reply that was changed on the way', async () => {
      const { url, close } = await changingProxy(endpoints.nodeUrl, (text) => text.replace('>OK<', '>KO<'));
      const [outcome] = await stackOf('nc').call(target('nc', 'cluster', 'rsa-sha256', { url }), [describeResource]);
      close();
      expect(outcome?.error).toMatch(wrongSignature);
    }, 60_000);
  }

  describeReal(needs.gsoap, 'gSOAP with wsse plug-in', () => {
    const stacks: Partial<Record<'nc' | 'cc' | 'later', Gsoap>> = {};

    beforeAll(async () => {
      const build = (name: string, service: 'nc' | 'cc', from: Target, dialect: '2.0' | '4.4') =>
        Gsoap.build(join(endpoints.directory('gsoap'), name), from.wsdlUrl, { service, dialect });
      [stacks.nc, stacks.cc, stacks.later] = await Promise.all([
        build('nc', 'nc', target('nc', 'cluster', 'rsa-sha256'), '2.0'),
        build('cc', 'cc', target('cc', 'cloud', 'rsa-sha256'), '2.0'),
        build('later', 'nc', laterTarget('nc'), '4.4'),
      ]);
    }, 180_000);

    itIsAPeer('6', (service) => stacks[service]!);

    it('calls the NC in dialect 4.4', async () => {
      const outcomes = await stacks.later!.call(laterTarget('nc'), [describeResource, describeInstances]);
      expect(outcomes).toMatchObject([{ reply: { nodeStatus: 'enabled' } }, { reply: { return: true } }]);
    });

    it.each(['rsa-sha256', 'rsa-sha1'] as const)(
      'serves our client with %s',
      async (suite) => {
        const own = { key: endpoints.key('node'), certificate: endpoints.certificate('node') };
        const server = await stacks.nc!.serve({ ...own, peer: endpoints.certificate('cluster'), suite });
        const call = (by: IdentityName, from: IdentityName) => {
          const trust = { identity: identityOf(by), peerCertificates: [identityOf(from).certificatePem] };
          const client = new SoapClient<EucalyptusNCOperations_2_0>({
            service: EucalyptusNC_2_0,
            url: server.url,
            suite,
            keepAlive: false,
            ...trust,
          });
          return client.call('ncDescribeResource', user).finally(() => client.close());
        };
        try {
          await expect(call('cluster', 'node')).resolves.toMatchObject({ nodeStatus: 'OK', memorySizeMax: 1234 });
          await expect(call('cluster', 'intruder')).rejects.toMatchObject({ code: 'Wire.BadReply' });
          await expect(call('intruder', 'node')).rejects.toMatchObject({ code: 'Wire.PeerFault' });
        } finally {
          await server.stop();
        }
      },
      60_000,
    );
  });

  describeReal(needs.zeep, 'Python zeep', () => {
    itIsAPeer('2', () => new Zeep());

    it('calls as the first originals did, with an unsigned Body and without a Timestamp, where that is configured', async () => {
      const old = target('nc', 'first-cluster', 'rsa-sha1', { signing: 'headers-only' });
      const [resource] = await new Zeep().call(old, [describeResource]);
      expect(resource).toMatchObject({ reply: { nodeStatus: 'OK' } });
      const other = target('nc', 'original-cluster', 'rsa-sha1', { signing: 'headers-only' });
      await new Zeep().call(other, [describeResource]);
      expect(endpoints.lastRefusal('nc')).toMatchObject({ code: 'Wire.PolicyViolation' });
    });

    it('calls the NC and the CC in dialect 4.4', async () => {
      const [resource] = await new Zeep().call(laterTarget('nc'), [describeResource]);
      expect(resource).toMatchObject({ reply: { nodeStatus: 'enabled', memorySizeMax: 4096 } });
      const [services] = await new Zeep().call(laterTarget('cc'), [{ operation: 'DescribeServices', fields: user }]);
      expect(services).toMatchObject({ reply: { return: true } });
    });
  });

  describe('mallee soap', () => {
    const given = { ...describeResource.fields };

    async function soap(at: Target, service: 'nc' | 'cc', operation: string, ...more: string[]): Promise<unknown> {
      const { url, key, certificate, peer } = at;
      const files = ['--url', url, '--key', key, '--cert', certificate, '--trust', peer];
      const { code, stdout, stderr } = await runCli(['soap', service, operation, ...files, ...more]);
      expect([code, stderr]).toEqual([0, '']);
      return JSON.parse(stdout);
    }

    it.each([
      ['cluster', [], { nodeStatus: 'OK' }],
      ['original-cluster', ['--suite', 'rsa-sha1'], { nodeStatus: 'OK' }],
      ['first-cluster', ['--profile', 'headers-only'], { nodeStatus: 'OK' }],
      ['later-cluster', ['--dialect', '4.4'], { nodeStatus: 'enabled' }],
    ] as const)('calls the NC as %s', async (caller, options, reply) => {
      const at = target('nc', caller, 'rsa-sha256');
      expect(await soap(at, 'nc', 'describe-resource', ...options, '--json', JSON.stringify(given))).toMatchObject(
        reply,
      );
    });

    it.each([
      ['cloud', 'describe-networks', [], { return: true }],
      ['later-cloud', 'describe-services', ['--dialect', '4.4'], { return: true }],
    ] as const)('calls the CC as %s', async (caller, operation, options, reply) => {
      expect(await soap(target('cc', caller, 'rsa-sha256'), 'cc', operation, ...options)).toMatchObject(reply);
    });
  });

  describe('the soap package of npm', () => {
    itIsAPeer('3', () => new NodeSoap());

    it('calls the NC and the CC in dialect 4.4', async () => {
      const [resource] = await new NodeSoap().call(laterTarget('nc'), [describeResource]);
      expect(resource).toMatchObject({ reply: { nodeStatus: 'enabled', memorySizeMax: 4096 } });
      const [services] = await new NodeSoap().call(laterTarget('cc'), [
        { operation: 'DescribeServices', fields: user },
      ]);
      expect(services).toMatchObject({ reply: { return: true } });
    });

    it('serves our client, which sees that it cannot sign replies', async () => {
      const { url, close } = await serveWithNodeSoap(wsdlText(EucalyptusNC_2_0), {
        nodeStatus: 'OK',
        memorySizeMax: 1234,
      });
      const identity = identityOf('cluster');
      const common = {
        service: EucalyptusNC_2_0,
        url,
        identity,
        peerCertificates: [identityOf('node').certificatePem],
      };
      const strict = new SoapClient<EucalyptusNCOperations_2_0>(common);
      await expect(strict.call('ncDescribeResource', user)).rejects.toMatchObject({ code: 'Wire.BadReply' });
      const lax = new SoapClient<EucalyptusNCOperations_2_0>({ ...common, verifyReplies: 'if-signed' });
      await expect(lax.call('ncDescribeResource', user)).resolves.toMatchObject({ memorySizeMax: 1234 });
      strict.close();
      lax.close();
      close();
    });
  });
});

/** What each stack says of a reply that it does not believe. */
const wrongSignature =
  /SignatureVerificationFailed|Invalid certificate|signature or decryption was invalid|signature of the reply|invalid signature/;

/** A failure of the operation: a reply that says return=false, or what the stack makes of it. */
function refusal(outcome: Outcome | undefined): boolean {
  return outcome?.error !== undefined || outcome?.reply?.['return'] === false;
}
