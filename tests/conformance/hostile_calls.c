/* SPDX-License-Identifier: LGPL-2.1-or-later
 * Copyright (C) 2026 the secur32 authors
 *
 * Lists of buffers that no careful program gives, to InitializeSecurityContext and
 * AcceptSecurityContext in every state of a context, and to the function of the other role. Wanted:
 * a status that programs know, no crash, and that what consumes nothing does no harm: the handshake
 * or the connection goes on.
 *
 * Sources: the pages of both functions say which buffers they look at; mORMot gives an empty TOKEN
 * that has a pointer, libmatoya flags its TOKEN as read-only, DTLS programs an empty list. What
 * Windows makes of the others is not known, so their statuses are checked elsewhere only.
 */
#include "common.h"

#include <string.h>

#define MANY 1000
#define UNKNOWN_TYPE 0x7777
#define ALL_ATTRIBUTES 0xf0000000u

/* One list as a test gives it. */
struct shape {
    SecBuffer buffers[MANY];
    SecBufferDesc list, *given;
    unsigned char memory[64];
};

static void set(struct shape *shape, size_t count)
{
    shape->list = list_make(shape->buffers, count);
    shape->given = &shape->list;
}

/* ---- inputs; held: what the peer has sent ---- */

static void in_nothing(struct shape *shape, const struct bytes *held)
{
    (void)held;
    shape->given = NULL;
}

static void in_no_buffers(struct shape *shape, const struct bytes *held)
{
    (void)held;
    set(shape, 0);
    shape->list.pBuffers = NULL;
}

static void in_empty_with_pointer(struct shape *shape, const struct bytes *held)
{
    (void)held;
    shape->buffers[0] = buffer_make(SECBUFFER_TOKEN, shape->memory, 0);
    shape->buffers[1] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    set(shape, 2);
}

static void in_size_without_pointer(struct shape *shape, const struct bytes *held)
{
    (void)held;
    shape->buffers[0] = buffer_make(SECBUFFER_TOKEN, NULL, 50);
    shape->buffers[1] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    set(shape, 2);
}

static void in_largest_without_pointer(struct shape *shape, const struct bytes *held)
{
    in_size_without_pointer(shape, held);
    shape->buffers[0].cbBuffer = 0xffffffff;
}

static void in_only_empty(struct shape *shape, const struct bytes *held)
{
    (void)held;
    shape->buffers[0] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    set(shape, 1);
}

static void in_data(struct shape *shape, const struct bytes *held)
{
    shape->buffers[0] = buffer_make(SECBUFFER_DATA, held->data, held->size);
    set(shape, 1);
}

static void in_unknown_type(struct shape *shape, const struct bytes *held)
{
    shape->buffers[0] = buffer_make(UNKNOWN_TYPE, held->data, held->size);
    shape->buffers[1] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    set(shape, 2);
}

static void in_count_without_buffers(struct shape *shape, const struct bytes *held)
{
    (void)held;
    set(shape, 2);
    shape->list.pBuffers = NULL;
}

static void in_many(struct shape *shape, const struct bytes *held)
{
    (void)held;
    for (size_t i = 0; i < MANY; i++)
        shape->buffers[i] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    set(shape, MANY);
}

static void in_sized_empty(struct shape *shape, const struct bytes *held)
{
    shape->buffers[0] = buffer_make(SECBUFFER_TOKEN, held->data, held->size);
    shape->buffers[1] = buffer_make(SECBUFFER_EMPTY, shape->memory, 5);
    set(shape, 2);
}

static void in_one_byte(struct shape *shape, const struct bytes *held)
{
    (void)held;
    shape->memory[0] = WIRE_HANDSHAKE;
    shape->buffers[0] = buffer_make(SECBUFFER_TOKEN, shape->memory, 1);
    shape->buffers[1] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
    set(shape, 2);
}

/* Of several the first counts. */
static void in_two_tokens(struct shape *shape, const struct bytes *held)
{
    shape->buffers[0] = buffer_make(SECBUFFER_TOKEN, shape->memory, 0);
    shape->buffers[1] = buffer_make(SECBUFFER_TOKEN, held->data, held->size);
    set(shape, 2);
}

static void in_attributes(struct shape *shape, const struct bytes *held)
{
    in_one_byte(shape, held);
    shape->buffers[0].BufferType |= ALL_ATTRIBUTES;
    shape->buffers[1].BufferType |= ALL_ATTRIBUTES;
}

static void in_other_version(struct shape *shape, const struct bytes *held)
{
    in_one_byte(shape, held);
    shape->list.ulVersion = 0xffffffff;
}

static const struct {
    const char *name;
    void (*fill)(struct shape *shape, const struct bytes *held);
    SECURITY_STATUS want; /* of a client that has said hello */
    bool risky;           /* Windows may crash, or its answer is not known */
} inputs[] = {
    {"nothing", in_nothing, SEC_E_INCOMPLETE_MESSAGE, false},
    {"no buffers", in_no_buffers, SEC_E_INCOMPLETE_MESSAGE, false},
    {"an empty TOKEN with a pointer", in_empty_with_pointer, SEC_E_INCOMPLETE_MESSAGE, false},
    {"a size without a pointer", in_size_without_pointer, SEC_E_INCOMPLETE_MESSAGE, true},
    {"the largest size without a pointer", in_largest_without_pointer, SEC_E_INCOMPLETE_MESSAGE,
     true},
    {"EMPTY alone", in_only_empty, SEC_E_INCOMPLETE_MESSAGE, true},
    {"DATA in place of TOKEN", in_data, SEC_E_INCOMPLETE_MESSAGE, true},
    {"a type that nobody has", in_unknown_type, SEC_E_INCOMPLETE_MESSAGE, true},
    {"a count without buffers", in_count_without_buffers, SEC_E_INVALID_TOKEN, true},
    {"a thousand buffers", in_many, SEC_E_INVALID_TOKEN, true},
    {"EMPTY with a size", in_sized_empty, SEC_E_INVALID_TOKEN, false},
    {"one byte", in_one_byte, SEC_E_INCOMPLETE_MESSAGE, false},
    {"two TOKENs, the first empty", in_two_tokens, SEC_E_INCOMPLETE_MESSAGE, true},
    {"every attribute bit", in_attributes, SEC_E_INCOMPLETE_MESSAGE, true},
    {"another version of the list", in_other_version, SEC_E_INCOMPLETE_MESSAGE, true},
};

/* ---- outputs ---- */

static void out_usual(struct shape *shape)
{
    shape->buffers[0] = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    set(shape, 1);
}

static void out_nothing(struct shape *shape)
{
    shape->given = NULL;
}

static void out_no_buffers(struct shape *shape)
{
    set(shape, 0);
}

static void out_count_without_buffers(struct shape *shape)
{
    set(shape, 1);
    shape->list.pBuffers = NULL;
}

static void out_only_alert(struct shape *shape)
{
    shape->buffers[0] = buffer_make(SECBUFFER_ALERT, NULL, 0);
    set(shape, 1);
}

static void out_data(struct shape *shape)
{
    shape->buffers[0] = buffer_make(SECBUFFER_DATA, shape->memory, sizeof(shape->memory));
    set(shape, 1);
}

static void out_two_tokens(struct shape *shape)
{
    shape->buffers[0] = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    shape->buffers[1] = buffer_make(SECBUFFER_TOKEN, NULL, 0);
    set(shape, 2);
}

static void out_other_version(struct shape *shape)
{
    out_usual(shape);
    shape->list.ulVersion = 7;
}

static void out_attributes(struct shape *shape)
{
    out_usual(shape);
    shape->buffers[0].BufferType |= ALL_ATTRIBUTES;
}

static const struct {
    const char *name;
    void (*fill)(struct shape *shape);
    bool takes; /* a token finds its place */
} outputs[] = {
    {"one TOKEN", out_usual, true},
    {"no list", out_nothing, false},
    {"no buffers", out_no_buffers, false},
    {"a count without buffers", out_count_without_buffers, false},
    {"ALERT alone", out_only_alert, false},
    {"DATA alone", out_data, false},
    {"two TOKENs", out_two_tokens, true},
    {"another version of the list", out_other_version, true},
    {"every attribute bit", out_attributes, true},
};

/* ---- states ---- */

enum state {
    STATE_NEW_CLIENT,
    STATE_NEW_SERVER,
    STATE_CLIENT, /* has said hello */
    STATE_SERVER, /* has answered */
    STATE_CONNECTED_CLIENT,
    STATE_CONNECTED_SERVER,
    STATE_CLOSED, /* its own shutdown is out */
    STATE_FAILED_CLIENT,
    STATE_FAILED_SERVER,
    STATE_COUNT
};

static const char *const state_names[STATE_COUNT] = {
    "new client",       "new server",    "client",        "server",        "connected client",
    "connected server", "closed client", "failed client", "failed server",
};

struct scene {
    struct pair pair;
    struct loop loop;
    bool has_pair;
    enum state state;
    enum loop_role role; /* whose context is called */
};

static bool scene_shake_hands(struct scene *scene, unsigned legs)
{
    for (unsigned i = 0; i < legs; i++) {
        enum loop_role role = i % 2 ? LOOP_SERVER : LOOP_CLIENT;

        loop_read(&scene->loop, role);
        if (loop_step(&scene->loop, role) < 0)
            return ok(false, "leg %u fails", i);
    }
    return true;
}

/* Bytes that are no TLS end it. */
static bool scene_fail(struct scene *scene)
{
    struct loop_side *side = &scene->loop.side[scene->role];

    bytes_drop(&side->network, side->network.size);
    bytes_drop(&side->held, side->held.size);
    loop_deliver(&scene->loop, scene->role, "HTTP/1.1 400", 12);
    loop_read(&scene->loop, scene->role);
    return ok(loop_step(&scene->loop, scene->role) < 0, "garbage is taken");
}

static bool scene_set(struct scene *scene, enum state state, enum test_version version)
{
    struct loop *loop = &scene->loop;

    memset(scene, 0, sizeof(*scene));
    scene->state = state;
    scene->role = state == STATE_NEW_SERVER || state == STATE_SERVER ||
                          state == STATE_CONNECTED_SERVER || state == STATE_FAILED_SERVER
                      ? LOOP_SERVER
                      : LOOP_CLIENT;
    scene->has_pair = pair_make(&scene->pair, version, "rsa");
    if (!scene->has_pair)
        return false;
    loop_init(loop, &scene->pair.client, &scene->pair.server);
    switch (state) {
    case STATE_NEW_CLIENT:
        return true;
    case STATE_NEW_SERVER:
        return scene_shake_hands(scene, 1) && loop_read(loop, LOOP_SERVER);
    case STATE_CLIENT:
    case STATE_FAILED_CLIENT:
        return scene_shake_hands(scene, 2) && loop_read(loop, LOOP_CLIENT) &&
               (state == STATE_CLIENT || scene_fail(scene));
    case STATE_SERVER:
    case STATE_FAILED_SERVER:
        return scene_shake_hands(scene, 3) && loop_read(loop, LOOP_SERVER) &&
               (state == STATE_SERVER || scene_fail(scene));
    default:
        break;
    }
    if (!ok(loop_handshake(loop), "handshake fails"))
        return false;
    loop_check_traffic(loop);
    return state != STATE_CLOSED || ok_status(loop_shutdown(loop, LOOP_CLIENT), SEC_E_OK, "closed");
}

static void scene_end(struct scene *scene)
{
    if (!scene->has_pair)
        return;
    loop_done(&scene->loop);
    pair_done(&scene->pair);
}

/* ---- the calls ---- */

/* Calls with both lists. *size: of the token that came out. */
static SECURITY_STATUS give(struct scene *scene, struct shape *in, struct shape *out, bool foreign,
                            size_t *size)
{
    struct loop_side *side = &scene->loop.side[scene->role];
    CtxtHandle made = handle_of(0), *context = side->has_context ? &side->context : NULL;
    CtxtHandle *new_context = context ? NULL : &made;
    ULONG attributes = 0;
    SECURITY_STATUS status;

    if ((scene->role == LOOP_SERVER) != foreign)
        status = AcceptSecurityContext(side->credential, context, in->given, SERVER_REQUEST, 0,
                                       new_context, out->given, &attributes, NULL);
    else
        status =
            InitializeSecurityContextW(side->credential, context, NULL, CLIENT_REQUEST, 0, 0,
                                       in->given, 0, new_context, out->given, &attributes, NULL);
    ok(status_is_known(status) || status == (SECURITY_STATUS)0x80090360, "got %08lx",
       (unsigned long)status & 0xffffffff);
    *size = 0;
    for (size_t i = 0; i < 2; i++)
        if (out->given && i < out->list.cBuffers && out->list.pBuffers &&
            out->buffers[i].pvBuffer != out->memory) {
            *size += out->buffers[i].cbBuffer;
            FreeContextBuffer(out->buffers[i].pvBuffer);
        }
    if (!context && status >= 0)
        ok_status(DeleteSecurityContext(&made), SEC_E_OK, "what it made is deleted");
    else
        ok(made.dwLower == 0 && made.dwUpper == 0, "a failure made a context");
    return status;
}

/* A call that took nothing leaves all as it was. */
static void check_unharmed(struct scene *scene)
{
    switch (scene->state) {
    case STATE_NEW_CLIENT:
    case STATE_NEW_SERVER:
    case STATE_CLIENT:
    case STATE_SERVER:
        ok(loop_handshake(&scene->loop), "the handshake does not go on: %08lx, %08lx",
           (unsigned long)scene->loop.side[0].status & 0xffffffff,
           (unsigned long)scene->loop.side[1].status & 0xffffffff);
        loop_check_traffic(&scene->loop);
        break;
    case STATE_CONNECTED_CLIENT:
    case STATE_CONNECTED_SERVER:
        loop_check_traffic(&scene->loop);
        break;
    default:
        break;
    }
}

static void check_result(struct scene *scene, SECURITY_STATUS status, size_t token)
{
    if (scene->state == STATE_FAILED_CLIENT || scene->state == STATE_FAILED_SERVER)
        ok(status < 0 && !token, "a failed context goes on: %08lx, %zu bytes",
           (unsigned long)status & 0xffffffff, token);
    /* What came out was thrown away, as no program does: then it cannot go on. */
    if (!token && (status < 0 || !scene->loop.side[scene->role].has_context))
        check_unharmed(scene);
}

START_TEST(hostile_calls_inputs)
{
    static struct shape in, out;

    for (size_t i = 0; i < 2 * (size_t)STATE_COUNT * COUNT_OF(inputs); i++) {
        size_t row = i / 2 / STATE_COUNT;
        enum state state = (enum state)(i / 2 % STATE_COUNT);
        struct scene scene;
        SECURITY_STATUS status;
        size_t token;

        if (running_on_windows() && inputs[row].risky)
            continue;
        push_context("%s, %s, %s", version_name(both_versions[i % 2]), state_names[state],
                     inputs[row].name);
        if (scene_set(&scene, state, both_versions[i % 2])) {
            memset(&in, 0, sizeof(in));
            memset(&out, 0, sizeof(out));
            inputs[row].fill(&in, &scene.loop.side[scene.role].held);
            out_usual(&out);
            status = give(&scene, &in, &out, false, &token);
            if (state == STATE_CLIENT)
                ok_status(status, inputs[row].want, "status");
            check_result(&scene, status, token);
        }
        scene_end(&scene);
        pop_context();
    }
}

static bool is_connected(enum state state)
{
    return state == STATE_CONNECTED_CLIENT || state == STATE_CONNECTED_SERVER;
}

/* A token that finds no place: an error, and the same call with a place for it goes on. */
START_TEST(hostile_calls_outputs)
{
    static struct shape in, out;

    if (running_on_windows()) {
        skip("Windows' answers to these lists are not known");
        return;
    }
    for (size_t i = 0; i < 2 * (size_t)STATE_COUNT * COUNT_OF(outputs); i++) {
        size_t row = i / 2 / STATE_COUNT;
        enum state state = (enum state)(i / 2 % STATE_COUNT);
        struct scene scene;

        push_context("%s, %s, %s", version_name(both_versions[i % 2]), state_names[state],
                     outputs[row].name);
        if (scene_set(&scene, state, both_versions[i % 2])) {
            const struct bytes *held = &scene.loop.side[scene.role].held;
            SECURITY_STATUS status;
            size_t token;

            memset(&in, 0, sizeof(in));
            memset(&out, 0, sizeof(out));
            in.buffers[0] = buffer_make(SECBUFFER_TOKEN, held->data, held->size);
            in.buffers[1] = buffer_make(SECBUFFER_EMPTY, NULL, 0);
            set(&in, 2);
            outputs[row].fill(&out);
            status = give(&scene, &in, &out, false, &token);
            if (state == STATE_CLIENT || state == STATE_SERVER || state == STATE_NEW_CLIENT ||
                state == STATE_NEW_SERVER) {
                if (outputs[row].takes)
                    ok(status >= 0 && token, "got %08lx, %zu bytes",
                       (unsigned long)status & 0xffffffff, token);
                else
                    ok_status(status, SEC_E_INVALID_TOKEN, "no place");
            }
            /* A renegotiation whose hello was not fetched must go on before anything else is said.
             */
            if (outputs[row].takes || !is_connected(state))
                check_result(&scene, status, token);
        }
        scene_end(&scene);
        pop_context();
    }
}

/* AcceptSecurityContext on a client's context and InitializeSecurityContext on a server's: the
 * context's role counts, not the function (boost-wintls closes servers so). */
START_TEST(hostile_calls_other_function)
{
    static struct shape in, out;

    if (running_on_windows()) {
        skip("but for closing, what Windows makes of it is not known");
        return;
    }
    for (size_t i = 0; i < 2 * (size_t)STATE_COUNT * COUNT_OF(inputs); i++) {
        size_t row = i / 2 / STATE_COUNT;
        enum state state = (enum state)(i / 2 % STATE_COUNT);
        struct scene scene;
        SECURITY_STATUS status;
        size_t token;

        push_context("%s, %s, %s", version_name(both_versions[i % 2]), state_names[state],
                     inputs[row].name);
        if (scene_set(&scene, state, both_versions[i % 2])) {
            memset(&in, 0, sizeof(in));
            memset(&out, 0, sizeof(out));
            inputs[row].fill(&in, &scene.loop.side[scene.role].held);
            out_usual(&out);
            status = give(&scene, &in, &out, true, &token);
            if (state == STATE_NEW_CLIENT || state == STATE_NEW_SERVER)
                ok(status < 0, "a credential of the other direction serves: %08lx",
                   (unsigned long)status);
            if (state == STATE_CLIENT)
                ok_status(status, inputs[row].want, "status");
            check_result(&scene, status, token);
        }
        scene_end(&scene);
        pop_context();
    }
}

/* After an error: every further call is one too, in both functions; the handle dies once. */
START_TEST(hostile_calls_after_failure)
{
    for (size_t i = 0; i < 4; i++) {
        enum state state = i / 2 ? STATE_FAILED_SERVER : STATE_FAILED_CLIENT;
        struct scene scene;

        push_context("%s, %s", version_name(both_versions[i % 2]), state_names[state]);
        if (scene_set(&scene, state, both_versions[i % 2])) {
            struct loop_side *side = &scene.loop.side[scene.role];
            struct bytes plain = {NULL, 0, 0}, wire = {NULL, 0, 0};

            for (unsigned times = 0; times < 3; times++) {
                ok(loop_step(&scene.loop, scene.role) < 0, "the same again is taken");
                ok(status_is_known(side->status), "got %08lx",
                   (unsigned long)side->status & 0xffffffff);
            }
            ok(loop_unseal(side, &plain) < 0, "DecryptMessage works");
            ok(loop_seal(side, "text", 4, &wire) < 0, "EncryptMessage works");
            ok_number(plain.size + wire.size, 0, "bytes");
            ok_status(DeleteSecurityContext(&side->context), SEC_E_OK, "deleted");
            ok_status(DeleteSecurityContext(&side->context), SEC_E_INVALID_HANDLE, "twice");
            side->has_context = false;
            bytes_done(&plain);
            bytes_done(&wire);
        }
        scene_end(&scene);
        pop_context();
    }
}
