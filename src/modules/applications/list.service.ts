import { dateIn, type CalendarDate } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf, type IdentityClaim, type PartyKind, type PartyService } from '../identity';
import { decidedAppeal, examined, type Appeal, type Recommendation } from './appeal';
import {
  decidedEntry,
  endedEntry,
  isInForce,
  requireSoundEntry,
  type Listed,
  type ListColour,
  type ListEffect,
  type ListEntry,
} from './credit-list';
import { applicationProblem } from './errors';
import * as store from './list.store';
import { personText } from './mark';
import type { ApplicationDeps } from './ports';

/** About whom an entry is: known by a number, or, behind a company, by name and birth. */
export type ListSubject =
  | { readonly kind: PartyKind; readonly identity: IdentityClaim }
  | { readonly name: string; readonly bornOn: CalendarDate };

export interface EntryDraft {
  readonly colour: ListColour;
  readonly subject: ListSubject;
  readonly issuingBody: string;
  readonly basis: string;
  readonly effects: readonly ListEffect[];
  readonly startsOn: CalendarDate;
  readonly endsOn: CalendarDate;
}

export interface CreditListDeps extends Pick<
  ApplicationDeps,
  'clock' | 'newId' | 'audit' | 'outbox' | 'cipher' | 'identityIndex' | 'directory' | 'borrowers'
> {
  readonly parties: PartyService;
}

const ENDING_BATCH = 200;

/** The red and black lists of an operator, and objections to what stands there. */
export class CreditLists {
  constructor(private readonly deps: CreditListDeps) {}

  /**
   * Proposes an entry; it has no effect until a second person puts it in force.
   *
   * @throws Problem `applications.entry-term`, `identity.invalid-identity-number`.
   */
  async propose(tx: Tx, draft: EntryDraft): Promise<ListEntry> {
    requireSoundEntry(draft);
    const { subject, ...said } = draft;
    const known = await this.known(tx, subject);
    const entry: ListEntry = {
      ...said,
      id: this.deps.newId('lst'),
      partyId: known.partyId,
      subjectShown: known.shown,
      status: 'proposed',
      proposedBy: tx.scope.actor.id,
      proposedAt: this.deps.clock.now(),
    };
    await store.insertEntry(tx, entry, {
      personMark: known.personMark,
      subjectEncrypted: this.deps.cipher.seal(JSON.stringify(subject), subjectAddress(entry.id)),
    });
    await this.announce(tx, entry, 'credit-list.proposed');
    return entry;
  }

  /** @throws Problem `applications.entry-not-open`, `applications.four-eyes`. */
  async decide(tx: Tx, id: Id<'lst'>, verdict: 'in-force' | 'refused'): Promise<ListEntry> {
    const before = await store.getEntryAndLock(tx, id);
    const by = tx.scope.actor.id;
    const entry = decidedEntry(before, { verdict, by, at: this.deps.clock.now() });
    await store.updateEntry(tx, entry);
    await this.announce(tx, entry, `credit-list.${verdict}`);
    return entry;
  }

  /**
   * Lifts an entry before its term ends: the issuing body took it back, or credit was repaired.
   *
   * @throws Problem `applications.entry-not-open`, `applications.four-eyes` for who proposed it.
   */
  async lift(tx: Tx, id: Id<'lst'>, because: string): Promise<ListEntry> {
    const before = await store.getEntryAndLock(tx, id);
    if (before.proposedBy === tx.scope.actor.id) throw applicationProblem('four-eyes');
    return this.end(tx, before, { status: 'lifted', because });
  }

  /** Marks entries whose term is over. They lost their effect at its end, job or no job. */
  async endDue(tx: Tx, now: Date): Promise<number> {
    const { timeZone } = this.deps.directory.get(operatorIdOf(tx));
    const due = await store.lockEnded(tx, dateIn(timeZone, now), ENDING_BATCH);
    for (const entry of due) {
      await this.end(tx, entry, { status: 'ended', because: 'The term is over.' });
    }
    return due.length;
  }

  /**
   * Files an objection to an entry in force.
   *
   * @throws Problem `applications.entry-not-open`, `applications.appeal-open`.
   */
  async appeal(tx: Tx, entryId: Id<'lst'>, grounds: string): Promise<Appeal> {
    const { clock, newId } = this.deps;
    const entry = await store.getEntryAndLock(tx, entryId);
    if (entry.status !== 'in-force') throw applicationProblem('entry-not-open');
    const appeal: Appeal = {
      id: newId('apl'),
      entryId,
      grounds,
      filedBy: tx.scope.actor.id,
      filedAt: clock.now(),
      status: 'open',
    };
    await store.insertAppeal(tx, appeal);
    await this.announceAppeal(tx, appeal, 'filed');
    return appeal;
  }

  /** The first pair of eyes recommends. @throws `applications.four-eyes`, `...appeal-not-open`. */
  async examine(tx: Tx, id: Id<'apl'>, recommended: Recommendation): Promise<Appeal> {
    const before = await store.getAppealAndLock(tx, id);
    const step = { recommended, by: tx.scope.actor.id, at: this.deps.clock.now() };
    const appeal = examined(before, step, await this.hands(tx, before));
    await store.updateAppeal(tx, appeal);
    await this.announceAppeal(tx, appeal, 'examined');
    return appeal;
  }

  /**
   * The second pair decides; an appeal that is upheld lifts the entry.
   *
   * @throws Problem `applications.four-eyes`, `applications.appeal-not-open`.
   */
  async judge(
    tx: Tx,
    id: Id<'apl'>,
    { verdict, note }: { readonly verdict: 'upheld' | 'dismissed'; readonly note: string },
  ): Promise<Appeal> {
    const before = await store.getAppealAndLock(tx, id);
    const step = { verdict, note, by: tx.scope.actor.id, at: this.deps.clock.now() };
    const appeal = decidedAppeal(before, step, await this.hands(tx, before));
    await store.updateAppeal(tx, appeal);
    await this.announceAppeal(tx, appeal, verdict);
    if (verdict === 'upheld') {
      const entry = await store.getEntryAndLock(tx, appeal.entryId);
      // Its term may have ended while the appeal was open.
      if (entry.status === 'in-force') {
        await this.end(tx, entry, { status: 'lifted', because: `Appeal ${id} was upheld.` });
      }
    }
    return appeal;
  }

  async get(db: Db, id: Id<'lst'>): Promise<ListEntry> {
    return store.getEntry(db, id);
  }

  async list(db: Db, query: Parameters<typeof store.listEntries>[1]) {
    return store.listEntries(db, query);
  }

  async appealsOf(db: Db, entryId: Id<'lst'>): Promise<readonly Appeal[]> {
    return store.listAppeals(db, entryId);
  }

  /** Entries about a party itself, whatever their status. */
  async ofParty(db: Db, partyId: Id<'pty'>): Promise<readonly ListEntry[]> {
    return store.listOfParty(db, partyId);
  }

  /** Whether the entry stands against the party of the caller: then it may object. */
  async isAbout(db: Db, id: Id<'lst'>, partyIds: readonly Id<'pty'>[]): Promise<boolean> {
    const { partyId } = await store.getEntry(db, id);
    return partyId !== undefined && partyIds.includes(partyId);
  }

  /** What stands in force about a borrower and about the people behind it. */
  async listed(
    db: Db,
    borrower: { readonly issuerId: Id<'iss'>; readonly partyId: Id<'pty'> },
    on: CalendarDate,
  ): Promise<readonly Listed[]> {
    const own = await store.listOfParty(db, borrower.partyId);
    const people = await this.deps.borrowers.peopleOf(db, borrower.issuerId);
    const marks = people.flatMap(({ name, bornOn }) =>
      bornOn === undefined ? [] : [this.personMark({ name, bornOn })],
    );
    const behind = await store.listOfPeople(db, marks);
    return [
      ...own.map((entry): Listed => ({ entry, as: 'borrower' })),
      ...behind.map((entry): Listed => ({ entry, as: 'person-behind' })),
    ].filter(({ entry }) => isInForce(entry, on));
  }

  private async known(tx: Tx, subject: ListSubject) {
    if ('name' in subject) {
      const shown = Array.from(subject.name).at(0) ?? '';
      return {
        partyId: undefined,
        personMark: this.personMark(subject),
        shown: `${shown}. (${subject.bornOn.slice(0, 4)})`,
      };
    }
    const { party } = await this.deps.parties.register(tx, subject.kind, subject.identity);
    return { partyId: party.id, personMark: undefined, shown: party.identityMasked };
  }

  private personMark(person: { readonly name: string; readonly bornOn: CalendarDate }): Buffer {
    return this.deps.identityIndex.digest(personText(person));
  }

  private async hands(tx: Tx, { entryId }: Appeal): Promise<readonly (string | undefined)[]> {
    const { proposedBy, decidedBy } = await store.getEntry(tx, entryId);
    return [proposedBy, decidedBy];
  }

  private async end(
    tx: Tx,
    before: ListEntry,
    how: { readonly status: 'lifted' | 'ended'; readonly because: string },
  ): Promise<ListEntry> {
    const entry = endedEntry(before, { ...how, at: this.deps.clock.now() });
    await store.updateEntry(tx, entry);
    await this.announce(tx, entry, `credit-list.${how.status}`);
    return entry;
  }

  private async announce(tx: Tx, entry: ListEntry, type: string): Promise<void> {
    const { audit, outbox } = this.deps;
    const { id, colour, issuingBody, basis, effects, endsOn } = entry;
    const details = { colour, issuingBody, basis, effects, endsOn };
    await audit.record(tx, { action: type, subject: id, details });
    await outbox.publish(tx, { type, subject: id, payload: { colour, endsOn } });
  }

  private async announceAppeal(tx: Tx, appeal: Appeal, step: string): Promise<void> {
    const { audit, outbox } = this.deps;
    const type = `credit-list-appeal.${step}`;
    const details = { appeal: appeal.id };
    await audit.record(tx, { action: type, subject: appeal.entryId, details });
    await outbox.publish(tx, { type, subject: appeal.entryId, payload: details });
  }
}

/** Where the sealed subject of an entry stands. */
export function subjectAddress(id: Id<'lst'>) {
  return { table: 'application_list_entries', column: 'subject_encrypted', rowId: id };
}
