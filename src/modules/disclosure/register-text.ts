import type { Language } from './page-text';

interface RegisterText {
  readonly title: string;
  readonly about: string;
  readonly back: string;
  readonly nothing: string;
  readonly drawnFrom: string;
  readonly terms: string;
  readonly aim: string;
  readonly commitment: string;
  readonly state: string;
  readonly open: string;
  readonly drawn: string;
  readonly withdrawn: string;
  readonly withdrawnKnowing: string;
  readonly reason: string;
  readonly sample: string;
  readonly ofThem: string;
  readonly recompute: string;
  readonly report: string;
  readonly findings: string;
  readonly settled: string;
}

/** Everything the register of inspections says, in both languages. */
export const REGISTER_TEXTS: Readonly<Record<Language, RegisterText>> = {
  en: {
    title: 'Inspections',
    about:
      'Cases and inspectors are drawn by lot, from a secret number of the authority and a report of the operator. The authority gives the SHA-256 of its number before there is the report, so that neither can choose who is drawn. Every commitment stands here, drawn or not, and everybody can compute a draw again.',
    back: 'All that the operator publishes',
    nothing: 'No authority has opened an inspection here.',
    drawnFrom: 'Drawn from',
    terms: 'Sample',
    aim: 'as large as it takes to meet a wrong case with a certainty of {sure}, if {part} are wrong',
    commitment: 'Commitment',
    state: 'State',
    open: 'to be drawn from the next report',
    drawn: 'drawn',
    withdrawn: 'withdrawn before there was the report',
    withdrawnKnowing: 'withdrawn, when its draw could have been known',
    reason: 'Reason',
    sample: 'Drawn',
    ofThem: '{sample} of {population} cases.',
    recompute: 'Compute it again (JSON)',
    report: 'SHA-256 of the report',
    findings: 'Findings',
    settled: '{findings}; rectified: {rectified}',
  },
  zh: {
    title: '检查登记',
    about:
      '检查对象与检查人员由监管机构的秘密数与运营机构的报告共同随机抽取。监管机构在报告产生之前公布该数的 SHA-256，任何一方都无法选择被抽中者。每项承诺无论是否抽取均列于此，任何人都可以重新计算抽取结果。',
    back: '运营机构的全部披露',
    nothing: '尚无监管机构在此开展检查。',
    drawnFrom: '抽取范围',
    terms: '样本',
    aim: '若有{part}存在问题，以{sure}的把握至少抽中一例所需的最小样本',
    commitment: '承诺',
    state: '状态',
    open: '待从下一份报告抽取',
    drawn: '已抽取',
    withdrawn: '在报告产生之前撤回',
    withdrawnKnowing: '在抽取结果可知之后撤回',
    reason: '理由',
    sample: '抽取结果',
    ofThem: '{population}例中抽取{sample}例。',
    recompute: '重新计算（JSON）',
    report: '报告的 SHA-256',
    findings: '发现的问题',
    settled: '{findings}项，其中{rectified}项已整改',
  },
};
