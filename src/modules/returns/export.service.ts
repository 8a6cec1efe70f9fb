import { createHash, type Hash } from 'node:crypto';
import { IdleMoney } from './cash';
import type { Reading } from './cash.service';
import { csvFile } from './csv-file.service';
import { jsonFile } from './json-file';
import { Reckoner } from './reckoning';
import type { ReturnsRequest } from './request';
import type { ReturnsService } from './service';

export type FileFormat = 'json' | 'csv';

/**
 * Everything behind the figures as one file, piece by piece, and the figures at its end, computed of
 * what the file holds. Its last line is the SHA-256 of all lines before it.
 */
export class ReturnsExport {
  constructor(private readonly returns: ReturnsService) {}

  async *file(read: Reading, request: ReturnsRequest, format: FileFormat): AsyncGenerator<string> {
    const form = format === 'csv' ? csvFile(request) : jsonFile(request);
    const hash = createHash('sha256');
    yield sealed(hash, form.head(request));
    const reckoner = new Reckoner(request.by, request);
    for await (const stakes of this.returns.stakes(read, request)) {
      const texts = stakes.map((stake) => form.stake(stake, reckoner.add(stake)));
      if (texts.length > 0) yield sealed(hash, texts.join(''));
    }
    const idle = new IdleMoney(request.asOf);
    for await (const balances of this.cash(read, request)) {
      for (const balance of balances) idle.add(balance);
      yield sealed(hash, balances.map((balance) => form.cash(balance)).join(''));
    }
    const isBook = request.whose.kind === 'book';
    yield sealed(hash, form.results(reckoner.end(isBook ? undefined : idle.days)));
    yield form.seal(hash.digest('hex'));
  }

  private async *cash(read: Reading, request: ReturnsRequest) {
    const pages = this.returns.cash(read, request);
    if (pages !== undefined) yield* pages;
  }
}

function sealed(hash: Hash, text: string): string {
  hash.update(text);
  return text;
}
