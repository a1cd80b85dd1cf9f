/*
 * Writes shell completion from the option tables:
 * completion bash|zsh|fish PROGRAM
 */
#include <stdio.h>
#include <string.h>

#include "protocol/internal.h"
#include "tool/options.h"

/* The names of zones and links in the system's zone data. */
#define ZONES                                                                  \
    "(sed -n \"s/^Z \\\\([^ ]*\\\\).*/\\\\1/p; s/^L [^ ]* //p\" "              \
    "/usr/share/zoneinfo/tzdata.zi 2>/dev/null)"

static bool
takes(const struct smp_option *option, const char *kind)
{
    return option->words && strcmp(option->words, kind) == 0;
}

/* A list of words, with one more. */
static void
add_word(struct smp_buf *words, const char *word)
{
    smp_buf_printf(words, "%s%s", words->len ? " " : "", word);
}

/* The words that complete an argument; those of LANG are the translations. */
static const char *
words_of(const struct smp_option *option)
{
    static struct smp_buf langs;
    const struct smp_builtin *builtin;

    if (!takes(option, "LANG"))
        return option->words ? option->words : "";
    if (!langs.len) {
        add_word(&langs, "en");
        for (builtin = smp_builtins + 1; builtin->lang; builtin++)
            add_word(&langs, builtin->lang);
    }
    return smp_buf_text(&langs);
}

/* The ids that smp-may and smp-faq take as first operand. */
static void
add_ids(struct smp_buf *words, const char *program)
{
    struct smp_protocol *protocol = smp_table_read(smp_tables);
    size_t i;

    if (strcmp(program, "smp-may") == 0)
        for (i = 0; i < protocol->activity_count; i++)
            add_word(words, protocol->activities[i].id);
    if (strcmp(program, "smp-faq") == 0)
        for (i = 0; i < protocol->answer_count; i++)
            add_word(words, protocol->answers[i].id);
    smp_protocol_free(protocol);
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
    if (takes(option, "FILE"))
        printf("COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n");
    else if (takes(option, "ZONE"))
        printf("COMPREPLY=($(compgen -W '$%s' -- \"$word\")); return ;;\n",
               ZONES);
    else
        printf("COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n",
               words_of(option));
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
    else if (takes(option, "FILE"))
        printf(":%s:_files", option->argument);
    else if (takes(option, "ZONE"))
        printf(":%s:_time_zone", option->argument);
    else if (option->argument)
        printf(":%s:(%s)", option->argument, words_of(option));
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
            printf(takes(option, "FILE") ? " -rF" : " -x");
        if (takes(option, "ZONE"))
            printf(" -a '%s'", ZONES);
        else if (option->argument && option->words && !takes(option, "FILE"))
            printf(" -a '%s'", words_of(option));
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
                struct smp_program program = *smp_programs[p];
                struct smp_buf ids = {0};

                add_ids(&ids, program.name);
                if (ids.len)
                    program.commands = smp_buf_text(&ids);
                shells[s].write(&program);
                smp_buf_release(&ids);
                return fflush(stdout) || ferror(stdout) ? 4 : 0;
            }
    fprintf(stderr, "usage: completion bash|zsh|fish PROGRAM\n");
    return 2;
}
