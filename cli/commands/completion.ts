/**
 * `shoal completion`: the script of a shell on stdout. The scripts ask `shoal __complete`.
 */
import type { CommonFlags } from '../flags.ts';
import type { Session } from '../session.ts';

type Shell = 'bash' | 'zsh' | 'fish';

const scripts: Readonly<Record<Shell, string>> = {
  bash: `_shoal() {
  mapfile -t COMPREPLY < <(shoal __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  [ "\${#COMPREPLY[@]}" -eq 0 ] && compopt -o default
}
complete -F _shoal shoal
`,
  zsh: `#compdef shoal
_shoal() {
  local -a proposals
  proposals=("\${(@f)$(shoal __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${proposals[1]}" ]]; then compadd -a proposals; else _files; fi
}
compdef _shoal shoal
`,
  fish: `complete -c shoal -a '(shoal __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
};

export async function completion(
  { screen }: Session,
  _flags: CommonFlags,
  shell: string,
): Promise<void> {
  const script = scripts[shell as Shell];
  screen.print(script.trimEnd());
  if (screen.json) screen.value({ shell, script });
}
