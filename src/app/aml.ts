import { join } from 'node:path';
import {
  AmlExamination,
  AmlService,
  loadAmlPolicies,
  loadGoamlSchema,
  type AmlDeps,
} from '../modules/aml';
import type { OperatorDirectory } from '../modules/identity';
import { COMPLIANCE, type Platform } from './platform';

interface BelowAml extends Pick<AmlDeps, 'investors' | 'issuers'> {
  readonly directory: OperatorDirectory;
}

/** What looks for suspicions, and the desk of those who may know of them. */
export function composeAml(platform: Platform, below: BelowAml) {
  const { goamlSchema } = platform.config;
  const deps = {
    ...platform,
    ...below,
    operators: below.directory,
    policies: loadAmlPolicies(join(COMPLIANCE, 'aml-policies')),
    schema: goamlSchema === undefined ? undefined : loadGoamlSchema(goamlSchema),
  };
  return { aml: new AmlService(deps), amlExamination: new AmlExamination(deps) };
}
