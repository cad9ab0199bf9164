import type {
  Config,
  Control,
  ControlOptions,
  CoverageRow,
  DeclarationCheck,
  EgressReport,
  Sandbox,
  SandboxOptions,
} from '../emulator/index.ts';

/** A configuration as `loadConfig` gives it. */
export interface LoadedConfig {
  config: Config;
  file: string | undefined;
  /** Absolute folder that relative paths of the configuration start from. */
  folder: string;
  notes: readonly string[];
}

/** The part of the public API that commands use. It is loaded when a command needs it, so that help is fast. */
export interface Platform {
  createSandbox(options: SandboxOptions): Promise<Sandbox>;
  createControl(options: ControlOptions): Promise<Control>;
  loadConfig(options: {
    folder: string;
    file?: string;
    apps?: readonly string[];
    env?: Readonly<Record<string, string | undefined>>;
  }): LoadedConfig;
  formatReport(report: EgressReport, format: 'table' | 'json' | 'markdown' | 'junit'): string;
  checkDeclarations(report: Pick<EgressReport, 'attempts'>, declared: readonly string[]): DeclarationCheck;
  coverageTable(): readonly CoverageRow[] | Promise<readonly CoverageRow[]>;
}
