import { assert, must } from '../../kernel/assert';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import { custodianAccount, type AccountNo, type LedgerService } from '../ledger';
import {
  cancelCollection,
  collectionEntry,
  confirmCollection,
  instructCollection,
  rejectCollection,
  requestCollection,
  unbookedAnswer,
  type Collection,
  type CollectionOrder,
  type CollectionTerms,
} from './collection';
import * as store from './collection.store';
import type { Instruction, InstructionState, PayeeAccount } from './custodian';
import { paymentProblem } from './errors';
import { collectionReceived, collectionRejected } from './collection-events.service';
import { listDebitMandatesOfOwners } from './reference.store';
import { afterFailure } from './retry';

export interface CollectionDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly ledger: LedgerService;
  readonly operators: Pick<OperatorDirectory, 'get'>;
}

/** What falls due, drawn from the payers' banks: many at a time, each booked once. */
export class CollectionService {
  constructor(private readonly deps: CollectionDeps) {}

  /**
   * Asks for what falls due. An owner without a debit mandate in force is left out: its payer
   * sends the money. The same source is drawn once, however often it is asked for.
   *
   * @returns the collections that are new.
   * @throws Problem `payments.amount-not-positive`, `payments.reference-currency`.
   */
  async request(tx: Tx, orders: readonly CollectionOrder[]): Promise<readonly Collection[]> {
    const { clock, newId, audit, operators } = this.deps;
    const { timeZone } = operators.get(operatorIdOf(tx));
    const mandates = await listDebitMandatesOfOwners(
      tx,
      orders.map(({ owner }) => owner.id),
    );
    const by = { requestedBy: tx.scope.actor.id, now: clock.now(), timeZone };
    const wanted = orders.flatMap(({ owner, amount, dueOn, source }) => {
      const mandate = mandates.get(owner.id);
      if (!mandate) return [];
      if (!amount.isPositive) throw paymentProblem('amount-not-positive');
      if (amount.currency !== mandate.currency) throw paymentProblem('reference-currency');
      const terms = {
        reference: mandate.reference,
        debitMandateId: mandate.id,
        amount,
        dueOn,
        source,
      };
      return [requestCollection(terms, { ...by, id: newId('col') })];
    });
    const inserted = await store.insertCollections(tx, wanted);
    const collections = wanted.filter(({ id }) => inserted.has(id));
    for (const { id, amount, dueOn, source } of collections) {
      const details = { amount: amount.toString(), dueOn, source };
      await audit.record(tx, { action: 'collection.requested', subject: id, details });
    }
    return collections;
  }

  /**
   * Takes collections back that are not needed any more, such as those of a loan that was repaid
   * early. What has gone to the custodian goes on.
   *
   * @returns how many were taken back.
   */
  async cancel(tx: Tx, sources: readonly string[]): Promise<number> {
    const now = this.deps.clock.now();
    const requested = await store.listRequestedAndLock(tx, sources);
    const cancelled = requested.map((collection) => cancelCollection(collection, now));
    await this.save(tx, cancelled);
    return cancelled.length;
  }

  /**
   * What was asked for of owners and falls due on a day or later, ended or not. Until commit none
   * of it goes to the custodian.
   */
  async lockOfOwners(
    tx: Tx,
    ownerIds: readonly string[],
    dueFrom: CalendarDate,
  ): Promise<readonly store.ListedCollection[]> {
    return store.listOfOwnersAndLock(tx, ownerIds, dueFrom);
  }

  async list(db: Db, filter: store.CollectionFilter): Promise<readonly store.ListedCollection[]> {
    return store.listCollections(db, filter);
  }

  /** Collections that the custodian must be told of or asked after now. */
  async listDue(db: Db, limit: number): Promise<readonly Id<'col'>[]> {
    return store.listDueCollections(db, { at: this.deps.clock.now(), limit });
  }

  /**
   * Marks collections as handed over, before they are: if the process dies in between, they are
   * sent again under the same ids. Whether they may be drawn is looked at here, at the last
   * moment: one whose debit mandate was ended, say, is rejected instead.
   *
   * @returns those to hand over or to ask after.
   */
  async instruct(tx: Tx, ids: readonly Id<'col'>[]): Promise<readonly CollectionTerms[]> {
    const now = this.deps.clock.now();
    const open = (await store.listTermsAndLock(tx, ids)).filter(({ collection }) =>
      isOpen(collection),
    );
    const told = open.filter(({ collection }) => collection.status === 'instructed');
    const fresh = open.filter(({ collection }) => collection.status === 'requested');
    const refused = fresh.flatMap(({ obstacle, ...terms }) =>
      obstacle === undefined
        ? []
        : [{ ...terms, collection: rejectCollection(terms.collection, obstacle, now) }],
    );
    const instructed = fresh
      .filter(({ obstacle }) => obstacle === undefined)
      .map((terms) => ({ ...terms, collection: instructCollection(terms.collection) }));
    await store.updateCollections(
      tx,
      instructed.map(({ collection }) => collection),
    );
    await this.end(tx, refused);
    return [...told, ...instructed];
  }

  /**
   * Records what the custodian said of collections; one it said nothing of is asked after again.
   * Telling twice changes nothing: the first final answer stands.
   */
  async recordAnswers(
    tx: Tx,
    ids: readonly Id<'col'>[],
    answers: ReadonlyMap<string, InstructionState>,
  ): Promise<void> {
    const now = this.deps.clock.now();
    const waiting = (await store.listTermsAndLock(tx, ids)).filter(
      ({ collection }) => collection.status === 'instructed',
    );
    const executed: Executed[] = [];
    const others: CollectionTerms[] = [];
    for (const terms of waiting) {
      const answer = answers.get(terms.collection.id);
      if (answer?.state === 'executed') executed.push({ terms, ...answer });
      else others.push({ ...terms, collection: this.unbooked(terms.collection, answer, now) });
    }
    const ended = others.filter(({ collection }) => !isOpen(collection));
    await store.updateCollections(
      tx,
      others.flatMap(({ collection }) => (isOpen(collection) ? [collection] : [])),
    );
    await this.end(tx, [...(await this.book(tx, executed, now)), ...ended]);
  }

  private unbooked(
    collection: Collection,
    answer: Exclude<InstructionState, { readonly state: 'executed' }> | undefined,
    now: Date,
  ): Collection {
    if (answer) return unbookedAnswer(collection, answer, now);
    const attempts = collection.attempts + 1;
    return {
      ...collection,
      attempts,
      nextAttemptAt: afterFailure(attempts, now),
      lastFailure: 'custodian-unreachable',
    };
  }

  /** Books what was carried out, with one call to the ledger. */
  private async book(
    tx: Tx,
    executed: readonly Executed[],
    now: Date,
  ): Promise<readonly CollectionTerms[]> {
    const { ledger } = this.deps;
    const custodians = await this.custodiansOf(tx, executed);
    const entries = await ledger.post(
      tx,
      executed.map(({ terms, executedAt }) => {
        const custodian = must(custodians.get(terms.collection.amount.currency), 'the custodian');
        return collectionEntry(terms, { executedAt, custodian });
      }),
    );
    return executed.map(({ terms, custodianRef, executedAt }, position) => ({
      ...terms,
      collection: confirmCollection(terms.collection, {
        custodianRef,
        executedAt,
        entryNo: must(entries[position], 'the entry of the collection'),
        at: now,
      }),
    }));
  }

  private async custodiansOf(
    tx: Tx,
    executed: readonly Executed[],
  ): Promise<ReadonlyMap<string, AccountNo>> {
    const currencies = new Set(executed.map(({ terms }) => terms.collection.amount.currency));
    const accounts = new Map<string, AccountNo>();
    for (const currency of currencies) {
      accounts.set(currency, await this.deps.ledger.ensureAccount(tx, custodianAccount(currency)));
    }
    return accounts;
  }

  /** Writes and announces those that have ended, confirmed or not. */
  private async end(tx: Tx, ended: readonly CollectionTerms[]): Promise<void> {
    await this.save(
      tx,
      ended.map(({ collection }) => collection),
    );
    await this.deps.outbox.publishMany(tx, ended.map(eventOf));
  }

  private async save(tx: Tx, ended: readonly Collection[]): Promise<void> {
    await store.updateCollections(tx, ended);
    for (const { id, status, amount, reasonCode } of ended) {
      await this.deps.audit.record(tx, {
        action: `collection.${status}`,
        subject: id,
        details: { amount: amount.toString(), reasonCode },
      });
    }
  }
}

interface Executed {
  readonly terms: CollectionTerms;
  readonly custodianRef: string;
  readonly executedAt: Date;
}

function isOpen({ resolvedAt }: Collection): boolean {
  return resolvedAt === undefined;
}

function eventOf({ collection, owner }: CollectionTerms) {
  const { id, amount, executedAt, dueOn, source, reasonCode } = collection;
  if (executedAt) {
    const origin = { collectionId: id, source, dueOn };
    return collectionReceived({ owner, amount, receivedAt: executedAt, ...origin });
  }
  assert(reasonCode !== undefined, 'a collection that failed says why');
  return collectionRejected({ collectionId: id, owner, amount, dueOn, source, reasonCode });
}

/** What the custodian is told of a collection. */
export function debitInstruction(
  operatorId: number,
  { collection }: CollectionTerms,
  payer: PayeeAccount,
): Instruction {
  return {
    id: collection.id,
    operatorId,
    kind: 'collect',
    amount: collection.amount,
    payer,
    debitMandateId: collection.debitMandateId,
    reference: collection.reference,
    notBefore: collection.notBefore,
    validUntil: collection.expiresAt,
  };
}
