import type { Id } from '../src/kernel/id';
import { rate } from '../src/kernel/rate';
import type {
  AllocationMethod,
  DocumentKind,
  Offering,
  OfferingTerms,
} from '../src/modules/offerings';
import type { Opened, Order } from '../src/modules/subscriptions';
import type { Company } from './issuing';
import type { Office } from './office';
import { sha256, type Investor, type Staff } from './people';

/** Amounts are decimals in the operator's currency, rates and prices decimals. */
export interface OfferingPlan {
  readonly title?: string;
  readonly summary?: string;
  readonly className?: string;
  readonly price?: string;
  readonly target: string;
  readonly maximum: string;
  /** What lies above the maximum is a waiting list; none when absent. */
  readonly orderLimit?: string;
  readonly minimumTicket?: string;
  readonly maximumTicket?: string;
  readonly method?: AllocationMethod;
  /** At publication when absent. */
  readonly opensAt?: Date;
  readonly closesAt: Date;
  readonly feeRate?: string;
  readonly isAllOrNothing?: boolean;
  readonly legalFormHolderLimit?: number;
  readonly externalId?: string;
  /** How far it is taken; published unless stated. */
  readonly until?: 'draft' | 'in-review' | 'approved' | 'published';
}

/** What an investor confirms before committing money: all of it, unless a test leaves one out. */
export const ACKNOWLEDGED: Order['acknowledged'] = {
  riskWarning: true,
  educationalMaterials: true,
  cancellationLimits: true,
  resaleDifficulty: true,
  lossOfAll: true,
  understanding: true,
  consentAboveThreshold: true,
  limitsObserved: true,
};

const DISCLOSURE: Readonly<Record<string, readonly [DocumentKind, string]>> = {
  'us-reg-cf': ['form-c', 'Form C offering statement'],
  'eu-ecspr': ['kiis', 'Key investment information sheet'],
  'cn-equity-private': ['offering-plan', '融资计划书 Offering plan'],
};

/** The whole way of an offering: drafted with its documents, submitted, approved, published. */
export async function openOffering(
  office: Office,
  issuer: Company,
  { plan, staff }: { readonly plan: OfferingPlan; readonly staff: Staff },
): Promise<Id<'off'>> {
  const { offerings, lifecycle } = office.stage.services;
  const { until = 'published' } = plan;
  const id = await draft(office, issuer, plan);
  if (until === 'draft') return id;
  await office.write(issuer, (tx) => offerings.submit(tx, id));
  if (until === 'in-review') return id;
  await office.write(staff.compliance, (tx) =>
    offerings.approve(tx, id, 'The terms, the documents and the figures agree.'),
  );
  if (until === 'approved') return id;
  await office.write(staff.operations, (tx) => lifecycle.publish(tx, id));
  if (plan.opensAt) office.stage.expect(plan.opensAt);
  office.stage.expect(plan.closesAt);
  return id;
}

async function draft(office: Office, issuer: Company, plan: OfferingPlan): Promise<Id<'off'>> {
  const { offerings } = office.stage.services;
  const terms = offeringTermsOf(office, issuer, plan);
  const { externalId } = plan;
  const { offering } = await office.write(issuer, (tx) =>
    offerings.create(tx, { issuerId: issuer.id, kind: 'equity', terms, externalId }),
  );
  const [kind, title] = DISCLOSURE[office.operator.rulebookId] ?? ['other', 'Disclosure'];
  const papers: readonly (readonly [DocumentKind, string])[] = [
    [kind, title],
    ['subscription-agreement', 'Subscription agreement'],
  ];
  for (const [documentKind, documentTitle] of papers) {
    await office.write(issuer, (tx) =>
      offerings.addDocument(tx, offering.id, {
        kind: documentKind,
        title: documentTitle,
        mustAcknowledge: documentKind === kind,
        contentType: 'text/plain',
        content: Buffer.from(paperOf(issuer, documentTitle, terms), 'utf8'),
      }),
    );
  }
  return offering.id;
}

export function offeringTermsOf(
  office: Office,
  issuer: Company,
  plan: OfferingPlan,
): OfferingTerms {
  const { maximumTicket, opensAt, legalFormHolderLimit } = plan;
  return {
    title: plan.title ?? issuer.name,
    summary: plan.summary ?? `Ordinary shares in ${issuer.name}.`,
    instrument: { kind: 'ordinary-shares', className: plan.className ?? 'Ordinary' },
    currency: office.operator.homeCurrency,
    price: rate(plan.price ?? '2.50'),
    target: office.money(plan.target),
    maximum: office.money(plan.maximum),
    orderLimit: office.money(plan.orderLimit ?? plan.maximum),
    minimumTicket: office.money(plan.minimumTicket ?? '100.00'),
    maximumTicket: maximumTicket === undefined ? undefined : office.money(maximumTicket),
    allocation: { method: plan.method ?? 'pro-rata' },
    opensAt,
    closesAt: plan.closesAt,
    feeRate: rate(plan.feeRate ?? '0.05'),
    isAllOrNothing: plan.isAllOrNothing ?? true,
    legalFormHolderLimit,
  };
}

function offeredBy({ instrument }: OfferingTerms): string {
  return instrument.kind === 'ordinary-shares'
    ? `${instrument.className} shares`
    : `notes of a loan over ${instrument.termMonths} months`;
}

function paperOf(issuer: Company, title: string, terms: OfferingTerms): string {
  return [
    title,
    '',
    `Issuer: ${issuer.name}`,
    `Offered: ${offeredBy(terms)} at ${terms.price.toString()} ${terms.currency}`,
    `Target ${terms.target.toString()}, maximum ${terms.maximum.toString()}`,
    `Deadline: ${terms.closesAt.toISOString()}`,
    '',
    'A document of the sandbox. Nothing here is an offer to anybody.',
    '',
  ].join('\n');
}

export interface OrderPlan {
  readonly amount: string;
  /** Instead of what the version in force asks for. */
  readonly documents?: readonly string[];
  readonly acknowledged?: Order['acknowledged'];
  /** Brings the same order again. A UUID; a new one when absent. */
  readonly requestKey?: string;
}

/** Subscribes as the investor's own request would. @throws Problem of `subscriptions`. */
export async function subscribe(
  office: Office,
  investor: Investor,
  { offeringId, plan }: { readonly offeringId: Id<'off'>; readonly plan: OrderPlan },
): Promise<Opened> {
  const { subscriptions, offerings } = office.stage.services;
  const { stage } = office;
  const documents =
    plan.documents ??
    (await office.read((db) => offerings.get(db, offeringId))).version.documents.map(
      ({ sha256: hash }) => hash,
    );
  const requestKey = plan.requestKey ?? stage.key();
  const acknowledged = plan.acknowledged ?? ACKNOWLEDGED;
  const content = JSON.stringify([offeringId, plan.amount, documents, acknowledged]);
  return subscriptions.subscribe({
    operatorId: office.operator.id,
    id: stage.app.platform.newId('sub'),
    investorId: investor.id,
    offeringId,
    requested: office.money(plan.amount),
    documents,
    acknowledged,
    requestKey,
    requestHash: uuidOf(sha256(content)),
    actorId: investor.userId,
  });
}

/** Changes the terms of a public offering; whoever subscribed before has to reconfirm. */
export async function changeTerms(
  office: Office,
  offeringId: Id<'off'>,
  order: {
    readonly staff: Staff;
    readonly reason: string;
    readonly change: (terms: OfferingTerms) => OfferingTerms;
  },
): Promise<Date | undefined> {
  const { offerings, lifecycle } = office.stage.services;
  const { version } = await office.read((db) => offerings.get(db, offeringId));
  const terms = order.change(version.terms);
  const { change } = await office.write(order.staff.operations, (tx) =>
    lifecycle.materialChange(tx, offeringId, {
      basedOn: version.version,
      terms,
      documents: version.documents,
      reason: order.reason,
    }),
  );
  office.stage.expect(terms.closesAt);
  if (change.reconfirmBy) office.stage.expect(change.reconfirmBy);
  // The listeners set the time to reconfirm, as they would within a second.
  await office.stage.tick();
  return change.reconfirmBy;
}

/** Takes an offering back before its settlement; everybody is released. */
export async function withdrawOffering(
  office: Office,
  offeringId: Id<'off'>,
  { by, reason }: { readonly by: Company; readonly reason: string },
): Promise<Offering> {
  const { lifecycle } = office.stage.services;
  const offering = await office.write(by, (tx) => lifecycle.withdraw(tx, offeringId, reason));
  await office.stage.tick();
  return offering;
}

function uuidOf(hash: string): string {
  return [8, 12, 16, 20, 32].map((end, i) => hash.slice([0, 8, 12, 16, 20][i], end)).join('-');
}
