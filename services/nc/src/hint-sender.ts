import type { Logger } from '@mallee/daemon';

const COALESCE_MS = 50;
/** Ids beyond this many are dropped: the hint then says only that something changed. */
const MAX_SUBJECTS = 100;

/** Sends one hint that these instances changed; an empty list means "look at everything". */
export type SendHint = (instanceIds: readonly string[]) => Promise<void>;

/**
 * Tells the cluster that its next poll is worth doing now. Changes are gathered for a moment, one hint is on its way at a
 * time, and a lost one is not sent again: the poll finds out anyway.
 */
export class HintSender {
  private readonly send: SendHint;
  private readonly logger: Logger;
  private waiting = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private sending = false;
  private closed = false;

  constructor(send: SendHint, logger: Logger) {
    this.send = send;
    this.logger = logger;
  }

  changed(instanceId: string): void {
    this.waiting.add(instanceId);
    this.schedule();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.closed || this.sending || this.timer !== undefined || this.waiting.size === 0) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, COALESCE_MS);
  }

  private async flush(): Promise<void> {
    const subjects = this.waiting.size > MAX_SUBJECTS ? [] : [...this.waiting];
    this.waiting = new Set();
    this.sending = true;
    try {
      await this.send(subjects);
    } catch (error) {
      this.logger.debug({ err: error }, 'hint not delivered');
    } finally {
      this.sending = false;
      this.schedule();
    }
  }
}
