import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export const LONGEST_TOKEN_SECONDS = 21_600;

/**
 * Tokens of IMDSv2: bound to one instance and an end, without anything to store. They end with this process, after which
 * guests ask for new ones as EC2's clients do on 401.
 */
export class SessionTokens {
  private readonly key = randomBytes(32);

  issue(instanceId: string, seconds: number, now: Date): string {
    const end = Buffer.alloc(6);
    end.writeUIntBE(Math.floor(now.getTime() / 1000) + seconds, 0, 6);
    const nonce = randomBytes(8);
    return Buffer.concat([end, nonce, this.seal(instanceId, end, nonce)]).toString('base64url');
  }

  isValid(token: string, instanceId: string, now: Date): boolean {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length !== 46) return false;
    const end = bytes.subarray(0, 6);
    const seal = this.seal(instanceId, end, bytes.subarray(6, 14));
    return timingSafeEqual(seal, bytes.subarray(14)) && end.readUIntBE(0, 6) * 1000 > now.getTime();
  }

  private seal(instanceId: string, end: Buffer, nonce: Buffer): Buffer {
    return createHmac('sha256', this.key).update(end).update(nonce).update(instanceId).digest();
  }
}
