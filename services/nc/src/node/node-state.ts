import { readFile } from 'node:fs/promises';
import { replaceFile } from '@mallee/durable-files';
import { MalleeError } from '@mallee/errors';
import { z } from 'zod';

const schema = z.object({ enabled: z.boolean() });

/** What is decided about the node as a whole; survives a restart in a file of its own. */
export class NodeState {
  readonly #file: string;
  #enabled: boolean;

  private constructor(file: string, enabled: boolean) {
    this.#file = file;
    this.#enabled = enabled;
  }

  /** @throws Configuration.Invalid when the file is damaged: a node that was taken out of use must not come back by itself */
  static async open(file: string): Promise<NodeState> {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new NodeState(file, true);
      throw error;
    }
    try {
      return new NodeState(file, schema.parse(JSON.parse(text)).enabled);
    } catch (cause) {
      throw new MalleeError('Configuration.Invalid', `${file} is damaged; remove it to take the node into use`, {
        cause,
      });
    }
  }

  /** Whether the node takes new instances. */
  get enabled(): boolean {
    return this.#enabled;
  }

  async enable(enabled: boolean): Promise<void> {
    await replaceFile(this.#file, `${JSON.stringify({ enabled })}\n`);
    this.#enabled = enabled;
  }
}
