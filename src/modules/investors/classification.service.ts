import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { tierOf, type Classification as Verdict, type Evidence } from '../rulebooks';
import {
  requestableTier,
  requireCurrency,
  requireDecidable,
  type Classification,
  type EvidenceDocument,
} from './classification';
import * as store from './classification.store';
import { requireActive, type Investor } from './investor';
import type { InvestorService } from './investor.service';

export interface ClassificationDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly investors: InvestorService;
}

export interface ClassificationOrder {
  readonly declared: Evidence;
  readonly documents: readonly EvidenceDocument[];
  /** Absent: the highest tier the evidence reaches. */
  readonly tier?: string | undefined;
}

interface Decision {
  readonly investorId: Id<'inv'>;
  readonly id: Id<'req'>;
  readonly note: string;
}

/** Putting investors into tiers, on evidence and by four eyes. */
export class ClassificationService {
  constructor(private readonly deps: ClassificationDeps) {}

  /**
   * Asks for a tier. A lower one counts at once; one that takes protection away waits for a
   * compliance officer.
   *
   * @throws Problem `investors.tier-not-met` with the criteria not met, `investors.tier-unknown`,
   *   `investors.classification-open`, `investors.wrong-currency`, `investors.not-active`.
   */
  async request(
    tx: Tx,
    investorId: Id<'inv'>,
    order: ClassificationOrder,
  ): Promise<Classification> {
    const { clock, newId, audit, investors } = this.deps;
    const at = clock.now();
    requireCurrency(order.declared, investors.rulebookOf(tx).currency);
    const investor = await investors.getAndLock(tx, investorId);
    requireActive(investor);

    const verdict = this.judge(tx, investor, { evidence: order.declared, at });
    const tiers = investors.tiersOf(tx);
    const requestedTier = requestableTier(tiers, verdict, order.tier);
    const needsApproval = tiers.needsApproval(investor.tier, requestedTier);
    const request: Classification = {
      id: newId('req'),
      investorId,
      fromTier: investor.tier,
      requestedTier,
      status: needsApproval ? 'pending' : 'approved',
      declared: order.declared,
      documents: order.documents,
      findings: verdict.findings,
      requestedBy: tx.scope.actor.id,
      requestedAt: at,
      ...(needsApproval ? {} : { decidedBy: 'rulebook', decidedAt: at }),
    };
    await store.insertClassification(tx, request);
    await audit.record(tx, {
      action: 'investor.classification-requested',
      subject: investorId,
      details: { request: request.id, from: request.fromTier, to: requestedTier },
    });
    if (!needsApproval) await this.apply(tx, request, undefined);
    return request;
  }

  /**
   * Agrees to a request, under the law of today: what the evidence no longer reaches is refused.
   *
   * @throws Problem `investors.four-eyes`, `investors.classification-decided`,
   *   `investors.tier-not-met`.
   */
  async approve(tx: Tx, decision: Decision): Promise<Classification> {
    const { clock, investors } = this.deps;
    const at = clock.now();
    const investor = await investors.getAndLock(tx, decision.investorId);
    const request = await this.decidable(tx, decision);
    requireActive(investor);
    const verdict = this.judge(tx, investor, { evidence: request.declared, at });
    const tier = requestableTier(investors.tiersOf(tx), verdict, request.requestedTier);
    const expiresAt = tier === verdict.tier ? verdict.expiresAt : undefined;

    const approved = this.decided(tx, request, { ...decision, status: 'approved' });
    const classification = { ...approved, tierExpiresAt: expiresAt };
    await store.updateClassification(tx, classification);
    await this.apply(tx, classification, expiresAt);
    return classification;
  }

  /** @throws Problem `investors.four-eyes`, `investors.classification-decided`. */
  async reject(tx: Tx, decision: Decision): Promise<Classification> {
    const request = await this.decidable(tx, decision);
    const classification = this.decided(tx, request, { ...decision, status: 'rejected' });
    await store.updateClassification(tx, classification);
    await this.deps.audit.record(tx, {
      action: 'investor.classification-rejected',
      subject: request.investorId,
      details: { request: request.id, note: decision.note },
    });
    return classification;
  }

  async list(db: Db, query: store.ClassificationQuery): Promise<readonly Classification[]> {
    return store.listClassifications(db, query);
  }

  private judge(
    db: Db,
    investor: Investor,
    { evidence, at }: { readonly evidence: Evidence; readonly at: Date },
  ): Verdict {
    return tierOf(this.deps.investors.rulebookOf(db), { at, kind: investor.kind, evidence });
  }

  private async decidable(tx: Tx, decision: Decision): Promise<Classification> {
    const request = await store.getClassificationAndLock(tx, decision);
    requireDecidable(request, tx.scope.actor.id);
    return request;
  }

  private decided(
    tx: Tx,
    request: Classification,
    { status, note }: { readonly status: 'approved' | 'rejected'; readonly note: string },
  ): Classification {
    const decidedAt = this.deps.clock.now();
    return { ...request, status, note, decidedBy: tx.scope.actor.id, decidedAt };
  }

  private async apply(tx: Tx, request: Classification, expiresAt: Date | undefined): Promise<void> {
    const { audit, outbox, investors } = this.deps;
    const { investorId, requestedTier, id } = request;
    await investors.amend(tx, investorId, (investor) => ({
      investor: { ...investor, tier: requestedTier, tierExpiresAt: expiresAt },
      reason: 'tier.changed',
    }));
    await audit.record(tx, {
      action: 'investor.tier-changed',
      subject: investorId,
      details: { request: id, tier: requestedTier, expiresAt: expiresAt?.toISOString() },
    });
    await outbox.publish(tx, {
      type: 'investor.tier-changed',
      subject: investorId,
      payload: { tier: requestedTier },
    });
  }
}
