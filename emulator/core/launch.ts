/** What an app process is started with. */
export interface Launch {
  command: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
}

/** How the egress gate wants an app started: cooperative mode adds variables, strict mode wraps the command. */
export interface LaunchGate {
  /** Mode in force, as the banner names it. */
  readonly mode: 'strict' | 'cooperative' | 'off';
  /** Changes what is started; `port` is where the app will listen, as it sees it. */
  wrap(launch: Launch, app: { name: string; port: number }): Promise<Launch>;
}
