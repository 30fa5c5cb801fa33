# Completion of packetwalk for fish. In ~/.config/fish/config.fish:  packetwalk completion fish | source
function __packetwalk_complete
    set -l current (commandline -ct)
    set -l words (commandline -opc) "$current"
    set -l lines ($words[1] __complete -- $words[2..-1] 2>/dev/null)
    set -l before (string match -r -- '^--[^=]+=' "$current")
    switch "$lines[1]"
        case files
            __fish_complete_path (string replace -- "$before" '' "$current") | string replace -r -- '^' "$before"
        case folders
            __fish_complete_directories (string replace -- "$before" '' "$current") | string replace -r -- '^' "$before"
        case '*'
            test (count $lines) -gt 1; and printf '%s\n' $lines[2..-1]
    end
end
complete -c packetwalk -f -a '(__packetwalk_complete)'
