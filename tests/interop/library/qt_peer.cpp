/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 the secur32 authors */
/*
 * A client on Qt's QSslSocket, and a download by QNetworkAccessManager.
 *
 *   qt_peer client HOST PORT NAME [OPTION VALUE]...
 *       ca FILE (instead of the system's), tls 1.0 ... 1.3, trust anything, send N
 *   qt_peer get URL FILE [OPTION VALUE]...
 *       ca, tls
 *
 * What it tells of the version is a QSsl::SslProtocol: 4 is TLS 1.2.
 */
#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QHash>
#include <QtCore/QTextStream>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkReply>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslSocket>

static const int patience = 20000;
static const int piece = 50000; /* fits the buffers on the way */
static QTextStream out(stdout);

typedef QHash<QString, QString> Options;

static Options options_of(const QStringList &list)
{
    Options options;

    for (int i = 0; i + 1 < list.size(); i += 2)
        options.insert(list[i], list[i + 1]);
    return options;
}

static QByteArray content(const QString &name)
{
    QFile file(name);

    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

static QSsl::SslProtocol version_of(const QString &name)
{
    if (name == "1.3")
        return QSsl::TlsV1_3;
    if (name == "1.2")
        return QSsl::TlsV1_2;
    if (name == "1.1")
        return QSsl::TlsV1_1;
    return name == "1.0" ? QSsl::TlsV1_0 : QSsl::SecureProtocols;
}

static QSslConfiguration configured(const Options &options)
{
    QSslConfiguration made = QSslConfiguration::defaultConfiguration();

    made.setProtocol(version_of(options.value("tls")));
    if (options.contains("ca"))
        made.setCaCertificates(QSslCertificate::fromData(content(options["ca"])));
    return made;
}

/* What went wrong, in Qt's words. */
static void complain(const QSslSocket &socket)
{
    const QList<QSslError> errors = socket.sslHandshakeErrors();

    for (const QSslError &error : errors)
        out << "error: " << error.errorString() << Qt::endl;
    if (errors.isEmpty())
        out << "error: " << socket.errorString() << Qt::endl;
}

static void tell(const QSslSocket &socket)
{
    out << "encrypted version=" << socket.sessionProtocol()
        << " peer=" << socket.peerCertificate().subjectInfo(QSslCertificate::CommonName).join(' ')
        << Qt::endl;
}

static bool echoed(QSslSocket &socket, int total)
{
    for (int done = 0; done < total;) {
        QByteArray sent(qMin(piece, total - done), 0), got;

        for (int i = 0; i < sent.size(); i++)
            sent[i] = char((quint32(done + i) * 2654435761u) >> 13);
        socket.write(sent);
        while (got.size() < sent.size()) {
            if (!socket.bytesAvailable() && !socket.waitForReadyRead(patience))
                return false;
            got += socket.readAll();
        }
        if (got != sent)
            return false;
        done += sent.size();
    }
    out << "echoed " << total << Qt::endl;
    return true;
}

static int client(const QStringList &arguments)
{
    Options options = options_of(arguments.mid(3));
    QSslSocket socket;

    socket.setSslConfiguration(configured(options));
    if (options.contains("trust"))
        socket.setPeerVerifyMode(QSslSocket::VerifyNone);
    socket.connectToHostEncrypted(arguments[0], arguments[1].toUShort(), arguments[2]);
    if (!socket.waitForEncrypted(patience)) {
        complain(socket);
        return 1;
    }
    tell(socket);
    if (!echoed(socket, options.value("send").toInt())) {
        complain(socket);
        return 1;
    }
    socket.disconnectFromHost();
    if (socket.state() != QAbstractSocket::UnconnectedState &&
        !socket.waitForDisconnected(patience))
        out << "not disconnected" << Qt::endl;
    return 0;
}

static int get(QCoreApplication &application, const QStringList &arguments)
{
    QNetworkAccessManager manager;
    QNetworkRequest request{QUrl(arguments[0])};

    request.setSslConfiguration(configured(options_of(arguments.mid(2))));
    QNetworkReply *reply = manager.get(request);
    QObject::connect(reply, &QNetworkReply::finished, &application, &QCoreApplication::quit);
    application.exec();

    QByteArray body = reply->readAll();
    QFile file(arguments[1]);
    bool good = reply->error() == QNetworkReply::NoError && file.open(QIODevice::WriteOnly) &&
                file.write(body) == body.size();

    if (good)
        out << "got " << body.size() << Qt::endl;
    else
        out << "error: " << reply->errorString() << Qt::endl;
    delete reply;
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    QStringList arguments = application.arguments().mid(1);
    QString role = arguments.isEmpty() ? QString() : arguments.takeFirst();

    if (role == "client" && arguments.size() >= 3)
        return client(arguments);
    if (role == "get" && arguments.size() >= 2)
        return get(application, arguments);
    out << "client or get, and what they need" << Qt::endl;
    return 2;
}
