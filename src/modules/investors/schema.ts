import { z } from 'zod';
import type { AuthenticatedUser } from '../../platform/auth';
import {
  dateInput,
  dateView,
  idInput,
  idView,
  instantView,
  lineInput,
  moneyInput,
  moneyView,
  page,
  pageQueryWith,
} from '../../platform/http';
import { RISK_GRADES } from './appetite';
import { lendingLimitView } from './appetite.schema';
import { countryInput, identityClaimInput, PARTY_KINDS } from '../identity';
import {
  asCaseFields,
  caseFields,
  VERIFICATION_STATES,
  type VerificationCase,
} from '../verification';
import { INVESTOR_STATUSES, type Investor, type InvestorDetails } from './investor';
import type { ProfileFacts, ProfileVersion } from './profile';

export const investorParams = z.strictObject({ id: idInput('inv') });
const slugInput = z.string().regex(/^[a-z][a-z0-9-]{0,60}$/);

export const openInvestorBody = z.strictObject({
  kind: z.enum(PARTY_KINDS),
  name: lineInput(200),
  country: countryInput,
  bornOn: dateInput.optional(),
  identity: identityClaimInput,
});

export const investorsQuery = pageQueryWith({
  status: z.enum(INVESTOR_STATUSES).optional(),
  verification: z.enum(VERIFICATION_STATES).optional(),
  tier: slugInput.optional(),
});

export const reasonBody = z.strictObject({ reason: lineInput(500) });

export const meansBody = z.strictObject({
  annualIncome: moneyInput.optional(),
  netWorth: moneyInput.optional(),
  liquidAssets: moneyInput.optional(),
  annualCommitments: moneyInput.optional(),
  isJoint: z.boolean().optional(),
  declaredElsewhere: moneyInput.optional(),
});

export const lossSimulationBody = z.strictObject({ abilityToBearLoss: moneyInput });
export const simulateLossBody = z.strictObject({
  netAnnualIncome: moneyInput,
  liquidAssets: moneyInput,
  annualCommitments: moneyInput,
});
export const simulateLossView = z.object({
  netWorth: moneyView,
  abilityToBearLoss: moneyView,
  citation: z.string(),
});

export const investorView = z.object({
  id: idView('inv'),
  kind: z.enum(PARTY_KINDS),
  name: z.string(),
  country: z.string(),
  identity: z.object({ kind: z.string(), masked: z.string() }),
  status: z.enum(INVESTOR_STATUSES),
  verification: z.enum(VERIFICATION_STATES),
  verificationExpiresAt: instantView.optional(),
  tier: z.string(),
  tierExpiresAt: instantView.optional(),
  profileVersion: z.int(),
  createdAt: instantView,
});

const factsView = z.object({
  kind: z.enum(PARTY_KINDS),
  isVerified: z.boolean(),
  tier: z.string(),
  tierExpiresAt: instantView.optional(),
  means: z
    .object({
      annualIncome: moneyView.optional(),
      netWorth: moneyView.optional(),
      liquidAssets: moneyView.optional(),
      annualCommitments: moneyView.optional(),
    })
    .optional(),
  isJoint: z.boolean().optional(),
  declaredElsewhere: moneyView.optional(),
  knowledgeTest: z
    .object({
      outcome: z.enum(['passed', 'failed', 'refused']),
      takenAt: instantView,
      expiresAt: instantView,
    })
    .optional(),
  lossSimulation: z
    .object({ takenAt: instantView, abilityToBearLoss: moneyView, expiresAt: instantView })
    .optional(),
  warningAcknowledgedAt: instantView.optional(),
  outstandingElsewhere: moneyView.optional(),
  certifiedNetWorth: moneyView.optional(),
  residence: z.enum(['domestic', 'abroad']).optional(),
  riskGrade: z.enum(RISK_GRADES).optional(),
  lendingLimit: moneyView.optional(),
  appetite: lendingLimitView.optional(),
});

export const investorDetailView = investorView.extend({
  bornOn: dateView.optional(),
  facts: factsView,
});

export const profileView = z.object({
  version: z.int(),
  reason: z.string(),
  recordedAt: instantView,
  facts: factsView,
});

export const profilesQuery = z.strictObject({
  limit: pageQueryWith({}).shape.limit,
  after: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .optional(),
});
export const profilesView = page(profileView);

export const verificationView = z.object({
  id: idView('ver'),
  investorId: idView('inv'),
  ...caseFields,
});

export function asInvestor(
  investor: Investor,
  details: InvestorDetails | undefined,
): z.input<typeof investorView> {
  return {
    id: investor.id,
    kind: investor.kind,
    name: details?.name ?? '',
    country: investor.country,
    identity: { kind: investor.identityKind, masked: investor.identityMasked },
    status: investor.status,
    verification: investor.verification,
    verificationExpiresAt: investor.verificationExpiresAt,
    tier: investor.tier,
    tierExpiresAt: investor.tierExpiresAt,
    profileVersion: investor.profileVersion,
    createdAt: investor.createdAt,
  };
}

export function asInvestorDetail(
  investor: Investor,
  details: InvestorDetails | undefined,
  facts: ProfileFacts,
): z.input<typeof investorDetailView> {
  return { ...asInvestor(investor, details), bornOn: details?.bornOn, facts };
}

export function asProfile(profile: ProfileVersion): z.input<typeof profileView> {
  const { version, reason, recordedAt, facts } = profile;
  return { version, reason, recordedAt, facts };
}

export function asVerification(
  shown: VerificationCase<'inv'>,
  user: AuthenticatedUser,
): z.input<typeof verificationView> {
  return { ...asCaseFields(shown, user), investorId: shown.subjectId };
}
