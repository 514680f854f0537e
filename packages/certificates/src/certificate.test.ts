import { describe, expect, it } from '@jest/globals';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createPkcs12, createSelfSignedCertificate, generateKeyPair } from './index.js';

describe('createSelfSignedCertificate', () => {
  it('makes a certificate that belongs to the key and verifies itself', async () => {
    const { privateKeyPem } = await generateKeyPair();
    const certificatePem = createSelfSignedCertificate({ privateKeyPem, commonName: 'cluster-cc' });
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.subject).toBe('C=US\nO=User\nOU=Eucalyptus\nCN=cluster-cc');
    expect(certificate.checkPrivateKey(createPrivateKey(privateKeyPem))).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(new Date(certificate.validFrom).getTime()).toBeLessThan(Date.now());
    const other = createSelfSignedCertificate({ privateKeyPem, commonName: 'cluster-cc' });
    expect(new X509Certificate(other).serialNumber).not.toBe(certificate.serialNumber);
  });

  it('makes serial numbers that every DER reader accepts', async () => {
    const { privateKeyPem } = await generateKeyPair();
    for (let round = 0; round < 40; round += 1) {
      const pem = createSelfSignedCertificate({ privateKeyPem, commonName: 'x' });
      expect(new X509Certificate(pem).serialNumber).toMatch(/^[4-7]/);
    }
  });

  it('makes a PKCS#12 file', async () => {
    const { privateKeyPem } = await generateKeyPair();
    const certificatePem = createSelfSignedCertificate({ privateKeyPem, commonName: 'cloud' });
    const p12 = createPkcs12({ privateKeyPem, certificatePem, password: 'eucalyptus', friendlyName: 'eucalyptus' });
    expect(p12.length).toBeGreaterThan(1000);
    expect(p12[0]).toBe(0x30);
  });
});
