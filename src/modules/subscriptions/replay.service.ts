import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Db } from '../../platform/db';
import { assess, capsFor, recordFacts, type Decision, type FactRecord } from '../rulebooks';
import { subscriptionProblem } from './errors';
import { subscribeFacts } from './order';
import type { Participants } from './participants.service';
import * as store from './store';

/** A decision taken again from what was stored with it. */
export interface ReplayedDecision {
  readonly decision: Decision;
  /** All that the rulebook was told. */
  readonly facts: FactRecord;
  readonly offeringVersion: number;
  readonly profileVersion: number;
}

/**
 * Takes the decision behind a subscription again: from the versions of profile, terms and rulebook
 * it was taken on, and the use of caps it saw. Law that has changed since is read as it was.
 */
export class DecisionReplay {
  constructor(private readonly participants: Participants) {}

  /** @throws Problem `subscriptions.not-found`. */
  async replay(db: Db, id: Id<'sub'>): Promise<ReplayedDecision> {
    const subscription = await store.find(db, id);
    if (!subscription) throw subscriptionProblem('not-found');
    const { openedAt: at, amount, acknowledged, capsUsed } = subscription;
    const [parties] = await this.participants.loadDecidedOn(db, [subscription]);
    const decided = must(parties, 'the versions it was decided on');
    const { rulebook } = decided.offering;
    const facts = subscribeFacts(decided, { at, amount, acknowledged });
    const ceilings = capsFor(rulebook, 'subscribe', facts).filter(
      (cap) => cap.measure !== 'holder-count' && cap.ceiling !== undefined,
    );
    const usage = Object.fromEntries(
      ceilings.map((cap, position) => [
        cap.rule,
        Money.ofMinor(must(capsUsed[position], 'the use of a cap'), amount.currency),
      ]),
    );
    const told = { ...facts, usage };
    return {
      decision: assess(rulebook, 'subscribe', told),
      facts: recordFacts(told),
      offeringVersion: subscription.offeringVersion,
      profileVersion: subscription.profileVersion,
    };
  }
}
