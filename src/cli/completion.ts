// `completion SHELL`: the script that lets a shell ask what may come next. kubectl completes `kubectl argo rollouts`
// itself: it asks kubectl_complete-argo-rollouts.
import { CommandError } from './command.ts'
import type { Call } from './command.ts'
import { own } from '../std/own.ts'

const PROGRAMS = ['kubectl-argo-rollouts', 'crossfade']

export async function run({ args, world }: Call): Promise<number> {
  const [shell = ''] = args
  const script = own(SCRIPTS, shell)
  if (script === undefined)
    throw new CommandError(
      `no completion for ${JSON.stringify(shell)}: give one of ${Object.keys(SCRIPTS).join(', ')}`,
    )
  world.stdout.write(script)
  return 0
}

const BASH = `# Completion for bash: source <(kubectl-argo-rollouts completion bash)
__crossfade_complete() {
  local program=$1 words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  if [ "$program" = crossfade ]; then
    [ "\${words[0]}" = rollouts ] || return
    words=("\${words[@]:1}")
    program="crossfade rollouts"
  fi
  local IFS=$'\\n'
  COMPREPLY=($(IFS=' '; $program __complete "\${words[@]}" 2>/dev/null | grep -v '^:'))
  [ "\${COMPREPLY[*]: -1}" = = ] && compopt -o nospace
}
${PROGRAMS.map(program => `complete -F __crossfade_complete ${program}`).join('\n')}
`

const ZSH = `#compdef ${PROGRAMS.join(' ')}
# Completion for zsh: source <(kubectl-argo-rollouts completion zsh)
__crossfade_complete() {
  local program=\${words[1]:t} line=("\${(@)words[2,$CURRENT]}")
  if [[ $program == crossfade ]]; then
    [[ \${line[1]} == rollouts ]] || return
    line=("\${(@)line[2,-1]}")
    program="crossfade rollouts"
  fi
  local found=("\${(@f)$(\${=program} __complete "\${line[@]}" 2>/dev/null | grep -v '^:')}")
  compadd -S '' -- "\${found[@]}"
}
compdef __crossfade_complete ${PROGRAMS.join(' ')}
`

const FISH = `# Completion for fish: kubectl-argo-rollouts completion fish | source
function __crossfade_complete
  set -l line (commandline -opc) (commandline -ct)
  set -l program $line[1]
  set -e line[1]
  if test (basename $program) = crossfade
    test "$line[1]" = rollouts; or return
    set -e line[1]
    crossfade rollouts __complete $line 2>/dev/null | string match -v ':*'
  else
    kubectl-argo-rollouts __complete $line 2>/dev/null | string match -v ':*'
  end
end
${PROGRAMS.map(program => `complete -c ${program} -f -a '(__crossfade_complete)'`).join('\n')}
`

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH }
