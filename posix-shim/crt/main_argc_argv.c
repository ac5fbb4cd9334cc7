/* clang calls `main` with two parameters __main_argc_argv and gives a `main`
 * without parameters the same type under its own name. crt1 wants the former;
 * this member of libc.a stands in when there is only the latter. */
int main(int argc, char **argv);

int __main_argc_argv(int argc, char **argv)
{
	return main(argc, argv);
}
