/**
 * All commands by name. Definitions only: nothing here loads what a command needs to run.
 */
import {
  type Application,
  ArgumentScannerError,
  buildApplication,
  buildRouteMap,
  formatMessageForArgumentScannerError,
  text_en,
} from '@stricli/core';
import type { ShoalContext } from './command.ts';
import { aggregatorCommand, coordinatorCommand, workerCommand } from './routes/actors.ts';
import { completionCommand } from './routes/completion.ts';
import { credsRoutes } from './routes/creds.ts';
import { dataRoutes } from './routes/data.ts';
import { doctorCommand } from './routes/doctor.ts';
import { jobRoutes, jobsCommand, submitCommand } from './routes/jobs.ts';
import { migrateCommand } from './routes/migrate.ts';
import { modelRoutes, modelsCommand, predictCommand } from './routes/models.ts';
import { nodeRoutes, nodesCommand } from './routes/nodes.ts';
import { serveCommand } from './routes/serve.ts';
import { upCommand } from './routes/up.ts';
import { version } from './version.ts';

const root = buildRouteMap({
  routes: {
    up: upCommand,
    coordinator: coordinatorCommand,
    worker: workerCommand,
    aggregator: aggregatorCommand,
    submit: submitCommand,
    jobs: jobsCommand,
    job: jobRoutes,
    nodes: nodesCommand,
    node: nodeRoutes,
    data: dataRoutes,
    models: modelsCommand,
    model: modelRoutes,
    predict: predictCommand,
    serve: serveCommand,
    doctor: doctorCommand,
    migrate: migrateCommand,
    creds: credsRoutes,
    completion: completionCommand,
  },
  docs: {
    hideRoute: { serve: true },
    brief: 'Train machine-learning models on any machines that reach a NATS server',
    fullDescription: [
      'Train machine-learning models on any machines that reach a NATS server.',
      '',
      'Start here:',
      '  shoal up --workers 2',
      '  shoal data import adult adult.csv',
      `  nats pub jobs.submit '{"dataset":"adult","target":"class","algorithm":"random-forest"}'`,
      '',
      'Exit codes: 0 done, 1 failed, 2 usage or invalid spec, 3 not connected, 4 not found,',
      '5 conflict, 6 timeout, 7 denied, 130 interrupted.',
    ].join('\n'),
  },
});

const inWords = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** What is wrong with an argument, by the name that it has on the command line. */
const faults: Parameters<typeof formatMessageForArgumentScannerError>[1] = {
  ArgumentParseError: ({ externalFlagNameOrPlaceholder: name, exception }) =>
    `${name === name.toUpperCase() ? name : `--${name}`}: ${inWords(exception)}`,
};

export const app: Application<ShoalContext> = buildApplication(root, {
  name: 'shoal',
  versionInfo: { getCurrentVersion: async () => version() },
  scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
  documentation: { caseStyle: 'convert-camel-to-kebab', onlyRequiredInUsageLine: true },
  localization: {
    text: {
      ...text_en,
      formatException: inWords,
      exceptionWhileParsingArguments: (error) =>
        error instanceof ArgumentScannerError
          ? `error: ${formatMessageForArgumentScannerError(error, faults)}`
          : `error: ${inWords(error)}`,
      noCommandRegisteredForInput: (given) =>
        `error: ${text_en.noCommandRegisteredForInput({ ...given, ansiColor: false })}`,
    },
  },
});
