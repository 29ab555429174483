/**
 * The packages whose doc comments teach the association table and the word vectors, at exact versions, by what they
 * are about, so that no one subject rules. Only word statistics of them are kept. None of them may be among the
 * repositories of test/bench/retrieval: that would be learning the answers.
 */

export interface TrainingPackage {
  name: string
  version: string
  /** As its package.json says it. */
  licence: string
}

/** What may be learnt from without asking anybody. */
export const allowedLicences: ReadonlySet<string> = new Set([
  'MIT',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
])

const groups: Record<string, readonly string[]> = {
  'general libraries': [
    'google-closure-library@20230802.0.0 Apache-2.0',
    'date-fns@4.4.0 MIT',
    'mathjs@15.2.0 Apache-2.0',
    '@tensorflow/tfjs-core@4.22.0 Apache-2.0',
  ],
  'run times': ['@types/node@26.6.6 MIT', 'bun-types@1.4.4 MIT'],
  'languages and editors': [
    'typescript@5.9.3 Apache-2.0',
    'ts-morph@28.0.0 MIT',
    'monaco-editor@0.57.0 MIT',
    '@types/vscode@1.140.0 MIT',
    'vscode-languageserver-protocol@3.18.5 MIT',
    'vscode-languageserver-types@3.18.5 MIT',
    'blockly@12.5.1 Apache-2.0',
  ],
  'user interfaces': [
    '@openui5/sap.ui.core@1.152.0 Apache-2.0',
    '@qooxdoo/framework@7.9.2 MIT',
    '@angular/core@21.2.26 MIT',
    'ember-source@7.3.0 MIT',
  ],
  'graphics and games': [
    '@babylonjs/core@9.34.0 Apache-2.0',
    'three@0.187.0 MIT',
    '@types/three@0.187.0 MIT',
    'phaser@4.2.1 MIT',
  ],
  maps: [
    '@cesium/engine@24.0.0 Apache-2.0',
    'ol@10.11.0 BSD-2-Clause',
    'maplibre-gl@6.17.0 BSD-3-Clause',
  ],
  'browsers and documents': ['playwright-core@1.65.1 Apache-2.0', 'pdfjs-dist@5.6.205 Apache-2.0'],
  databases: ['typeorm@1.1.1 MIT', 'mongodb@7.9.0 Apache-2.0'],
  cloud: ['aws-cdk-lib@2.276.0 Apache-2.0', 'firebase-admin@13.10.0 Apache-2.0'],
  messages: ['discord.js@14.28.1 Apache-2.0', 'matrix-js-sdk@37.5.0 Apache-2.0'],
  models: ['openai@7.57.0 Apache-2.0', '@anthropic-ai/sdk@1.12.0 Apache-2.0'],
  telemetry: ['@opentelemetry/api@1.10.0 Apache-2.0'],
}

export const trainingPackages: readonly TrainingPackage[] = Object.values(groups)
  .flat()
  .map((row) => {
    const [spec = '', licence = ''] = row.split(' ')
    const at = spec.lastIndexOf('@')
    return { name: spec.slice(0, at), version: spec.slice(at + 1), licence }
  })
