import { completionWord, filesMarker } from './complete.ts'

// The program is asked under the name it was typed with: it need not be on the PATH.
const bash = `# Put into ~/.bashrc: eval "$(limbeck completion bash)"
_limbeck() {
  local line=\${COMP_LINE:0:COMP_POINT} breaks=\${COMP_WORDBREAKS//[^@:=]/} current kept= value _
  local -a typed
  read -r -a typed <<<"$line"
  [[ $line == *[[:space:]] ]] && typed+=('')
  current=\${typed[\${#typed[@]}-1]}
  # Bash splits words at these characters too, and replaces only what is behind the last one; an @ goes with it.
  [[ -n $breaks && $current == *[$breaks]* ]] && kept=\${current%"\${current##*[$breaks]}"}
  kept=\${kept%@}
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    if [[ $value == '${filesMarker}' ]]; then
      compopt -o default 2>/dev/null
    else
      COMPREPLY+=("\${value#"$kept"}")
    fi
  done < <("$1" ${completionWord} "\${typed[@]:1}" 2>/dev/null)
}
complete -F _limbeck limbeck
`

const zsh = `#compdef limbeck
# Put into ~/.zshrc, behind compinit: eval "$(limbeck completion zsh)"
_limbeck() {
  local value description
  local -a typed values shown
  typed=("\${(@Q)words[2,CURRENT]}")
  typed[-1]=\${(Q)PREFIX}
  while IFS=$'\\t' read -r value description; do
    if [[ $value == '${filesMarker}' ]]; then
      _files
      return
    fi
    values+=("$value")
    shown+=("$value\${description:+  -- $description}")
  done < <("\${words[1]}" ${completionWord} "\${typed[@]}" 2>/dev/null)
  compadd -l -d shown -a values
}
compdef _limbeck limbeck
`

const fish = `# Put into ~/.config/fish/config.fish: limbeck completion fish | source
function __limbeck_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    for line in ($typed[1] ${completionWord} $typed[2..-1] "$current" 2>/dev/null)
        if test "$line" = '${filesMarker}'
            __fish_complete_path "$current"
        else
            printf '%s\\n' "$line"
        end
    end
end
complete -c limbeck -f -a '(__limbeck_complete)'
`

const powershell = `# Put into $PROFILE: limbeck completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName limbeck -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $typed = @($commandAst.CommandElements | ForEach-Object { $_.Extent.Text })
  $name, $typed = $typed
  if ($wordToComplete -eq '') { $typed = @($typed) + '' }
  & $name ${completionWord} @typed 2>$null | ForEach-Object {
    $value, $description = $_ -split "\`t", 2
    if ($value -ne '${filesMarker}') {
      if (-not $description) { $description = $value }
      [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
    }
  }
}
`

/** What `limbeck completion` prints, by shell. */
export const completionScripts: Readonly<Record<string, string>> = {
  bash,
  zsh,
  fish,
  powershell,
}
