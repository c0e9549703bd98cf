/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * mariadb_client CONNECTION QUERY...: connects by MariaDB's connector as CONNECTION says (in its
 * own words, "host=localhost;ssl-ca=..."), and prints the rows of each query, or the error. Ends
 * with 0, or 1 if something failed. For the tests of unmodified programs: all that matters is the
 * library.
 */
#include <mysql.h>
#include <stdio.h>
#include <string.h>

static int fail(MYSQL *mysql)
{
    printf("error %u: %s\n", mysql_errno(mysql), mysql_error(mysql));
    return 1;
}

static void print_row(MYSQL_ROW row, unsigned int columns)
{
    for (unsigned int i = 0; i < columns; i++)
        printf("%s%s", row[i] ? row[i] : "NULL", i + 1 < columns ? " " : "\n");
}

static int query(MYSQL *mysql, const char *text)
{
    MYSQL_RES *result;
    MYSQL_ROW row;

    if (mysql_real_query(mysql, text, (unsigned long)strlen(text)))
        return fail(mysql);
    result = mysql_use_result(mysql);
    if (!result)
        return mysql_errno(mysql) ? fail(mysql) : 0;
    while ((row = mysql_fetch_row(result)))
        print_row(row, mysql_num_fields(result));
    mysql_free_result(result);
    return mysql_errno(mysql) ? fail(mysql) : 0;
}

int main(int argc, char **argv)
{
    MYSQL *mysql = mysql_init(NULL);
    int status = 0;

    if (!mysql || argc < 2)
        return 2;
    if (!mysql_real_connect(mysql, argv[1], NULL, NULL, NULL, 0, NULL, 0))
        status = fail(mysql);
    for (int i = 2; i < argc && !status; i++)
        status = query(mysql, argv[i]);
    mysql_close(mysql);
    return status;
}
