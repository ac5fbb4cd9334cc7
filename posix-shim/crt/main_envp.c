/* For a program whose main takes its environment, too; linked by slipway-cc
 * instead of main_argc_argv.c when it finds out. */
int main(int argc, char **argv, char **envp);
extern char **__environ;

int __main_argc_argv(int argc, char **argv)
{
	return main(argc, argv, __environ);
}
