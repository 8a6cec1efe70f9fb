import { dateIn } from '../../kernel/calendar-date';
import type { Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { insertOrigin, isTaken, listOwn } from './list-exchange.store';
import { LIST_FORMAT, type FiledEntry, type ListFile } from './list-file.schema';
import { subjectAddress, type CreditLists, type ListSubject } from './list.service';
import type { ApplicationDeps } from './ports';

export interface ListExchangeDeps extends Pick<
  ApplicationDeps,
  'clock' | 'audit' | 'cipher' | 'directory'
> {
  readonly creditLists: CreditLists;
}

/** A file of a list, and by whom it was shown to be. */
export interface ListFileOrigin {
  readonly source: string;
  readonly fileSha256: string;
  /** The key that signed it, where one did. */
  readonly signedBy?: string | undefined;
}

const PAGE = 500;

/** Credit lists as files: joint punishment and its end reach who must act on them (联合惩戒). */
export class ListExchange {
  constructor(private readonly deps: ListExchangeDeps) {}

  /** The operator's own entries in force today, with whom each is about; every use is audited. */
  async export(tx: Tx): Promise<ListFile> {
    const { clock, audit, cipher, directory } = this.deps;
    const { code, timeZone } = directory.get(operatorIdOf(tx));
    const on = dateIn(timeZone, clock.now());
    const entries: FiledEntry[] = [];
    for (let after = '', isLast = false; !isLast;) {
      const page = await listOwn(tx, { on, after, limit: PAGE });
      for (const { id, subject, effects, ...said } of page) {
        const opened = JSON.parse(cipher.open(subject, subjectAddress(id))) as ListSubject;
        entries.push({ ...said, effects: [...effects], externalId: id, subject: opened });
      }
      after = page.at(-1)?.id ?? after;
      isLast = page.length < PAGE;
    }
    await audit.record(tx, {
      action: 'credit-list.exported',
      subject: code,
      details: { entries: entries.length },
    });
    return { format: LIST_FORMAT, source: code, entries };
  }

  /**
   * Proposes an entry of somebody else's list, once. Like any other it has no effect until a person
   * puts it in force; where it came from stays with it.
   *
   * @throws those of `CreditLists.propose`.
   */
  async take(
    tx: Tx,
    { source, fileSha256, signedBy }: ListFileOrigin,
    { externalId, ...draft }: FiledEntry,
  ): Promise<'proposed' | 'repeated'> {
    if (await isTaken(tx, { source, externalId })) return 'repeated';
    const { id: entryId } = await this.deps.creditLists.propose(tx, draft);
    const takenAt = this.deps.clock.now();
    await insertOrigin(tx, { source, externalId, entryId, fileSha256, signedBy, takenAt });
    return 'proposed';
  }
}
