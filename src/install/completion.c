/*
 * Writes shell completion from the option tables:
 * completion bash|zsh|fish PROGRAM
 */
#include <stdio.h>
#include <string.h>

#include "tool/options.h"

static bool
takes_file(const struct smp_option *option)
{
    return option->words && strcmp(option->words, "FILE") == 0;
}

static void
bash_words(const struct smp_program *program)
{
    const enum smp_option_id *id;

    for (id = program->options; *id; id++) {
        const struct smp_option *option = &smp_options[*id];

        if (option->letter)
            printf(" -%c", option->letter);
        printf(" --%s", option->name);
        if (smp_option_is_optional(option))
            printf(" --%s=%s", option->name, option->words);
    }
}

static void
bash_option(const struct smp_option *option)
{
    if (!option->argument || smp_option_is_optional(option))
        return;
    printf("    ");
    if (option->letter)
        printf("-%c|", option->letter);
    printf("--%s) ", option->name);
    if (takes_file(option))
        printf("COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n");
    else
        printf("COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n",
               option->words ? option->words : "");
}

static void
bash(const struct smp_program *program)
{
    const enum smp_option_id *id;

    printf("_%s() {\n"
           "  local word=${COMP_WORDS[COMP_CWORD]}"
           " before=${COMP_WORDS[COMP_CWORD-1]}\n"
           "  case $before in\n",
           program->name);
    for (id = program->options; *id; id++)
        bash_option(&smp_options[*id]);
    printf("  esac\n"
           "  case $word in\n"
           "    -*) COMPREPLY=($(compgen -W '");
    bash_words(program);
    printf("' -- \"$word\")) ;;\n"
           "    *) COMPREPLY=($(compgen -f%s%s%s -- \"$word\")) ;;\n"
           "  esac\n"
           "}\n"
           "complete -F _%s %s\n",
           program->commands ? " -W '" : "",
           program->commands ? program->commands : "",
           program->commands ? "'" : "", program->name, program->name);
}

static void
zsh_option(const struct smp_option *option, const char *dashes,
           const char *name)
{
    bool optional = smp_option_is_optional(option);

    printf("  '%s%s%s[%s]", dashes, name, optional ? "=-" : "", option->help);
    if (optional)
        printf("::%s:(%s)", option->name, option->words);
    else if (takes_file(option))
        printf(":%s:_files", option->argument);
    else if (option->argument)
        printf(":%s:(%s)", option->argument,
               option->words ? option->words : "");
    printf("' \\\n");
}

static void
zsh(const struct smp_program *program)
{
    const enum smp_option_id *id;

    printf("#compdef %s\n_arguments -s \\\n", program->name);
    for (id = program->options; *id; id++) {
        const struct smp_option *option = &smp_options[*id];
        const char letter[] = {option->letter, '\0'};

        if (option->letter)
            zsh_option(option, "-", letter);
        zsh_option(option, "--", option->name);
    }
    if (program->commands)
        printf("  '1:command:(%s)' \\\n", program->commands);
    printf("  '*:operand:_files'\n");
}

static void
fish(const struct smp_program *program)
{
    const enum smp_option_id *id;

    for (id = program->options; *id; id++) {
        const struct smp_option *option = &smp_options[*id];

        printf("complete -c %s", program->name);
        if (option->letter)
            printf(" -s %c", option->letter);
        printf(" -l %s -d '%s'", option->name, option->help);
        if (option->argument && !smp_option_is_optional(option))
            printf(takes_file(option) ? " -rF" : " -x");
        if (option->argument && option->words && !takes_file(option))
            printf(" -a '%s'", option->words);
        putchar('\n');
    }
    if (program->commands)
        printf("complete -c %s -n __fish_use_subcommand -a '%s'\n",
               program->name, program->commands);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *shell;
        void (*write)(const struct smp_program *program);
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    size_t s, p;

    for (s = 0; argc == 3 && s < sizeof shells / sizeof shells[0]; s++)
        for (p = 0; smp_programs[p]; p++)
            if (strcmp(argv[1], shells[s].shell) == 0 &&
                strcmp(argv[2], smp_programs[p]->name) == 0) {
                shells[s].write(smp_programs[p]);
                return fflush(stdout) || ferror(stdout) ? 4 : 0;
            }
    fprintf(stderr, "usage: completion bash|zsh|fish PROGRAM\n");
    return 2;
}
