// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright (C) 2026 the secur32 authors
//
// A console program for .NET's own HttpClient and SslStream:
//
//   get URL [FILE.p12]           prints the answer, or why there is none
//   stream HOST PORT             the same with SslStream, and what it knows of the connection
//   serve FILE.p12 [ask]         prints "port N", then answers each connection; /quit ends it
//
// The password of the files is "secret".
using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading;

static class Program
{
    const string Password = "secret";
    static readonly List<SslApplicationProtocol> protocols =
        new List<SslApplicationProtocol> { SslApplicationProtocol.Http11 };

    static string Why(Exception e)
    {
        for (; e.InnerException != null; e = e.InnerException)
            ;
        var native = e as System.ComponentModel.Win32Exception;
        return native == null ? e.Message : "status " + native.NativeErrorCode.ToString("x8");
    }

    static void Get(string url, string file)
    {
        var handler = new HttpClientHandler();

        if (file != null)
        {
            handler.ClientCertificateOptions = ClientCertificateOption.Manual;
            handler.ClientCertificates.Add(new X509Certificate2(file, Password));
        }
        using (var client = new HttpClient(handler))
            Console.WriteLine("got " + client.GetStringAsync(url).Result.Trim());
    }

    static bool Judge(object sender, X509Certificate certificate, X509Chain chain, SslPolicyErrors errors)
    {
        Console.WriteLine("judged: {0}, {1} certificates", errors, chain.ChainElements.Count);
        return errors == SslPolicyErrors.None;
    }

    static void Stream(string host, int port)
    {
        var stream = new SslStream(new TcpClient(host, port).GetStream(), false, Judge);

        stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = host, ApplicationProtocols = protocols },
            CancellationToken.None).Wait();
        Console.WriteLine("connected: {0} {1} {2}", stream.SslProtocol, stream.NegotiatedApplicationProtocol,
            stream.CipherStrength);
        var writer = new StreamWriter(stream);
        writer.Write("GET /about HTTP/1.0\r\n\r\n");
        writer.Flush();
        Console.WriteLine("got " + new StreamReader(stream).ReadToEnd().Trim());
    }

    // false: it was the last one.
    static bool Answer(SslStream stream)
    {
        var reader = new StreamReader(stream);
        string line = reader.ReadLine();
        var who = stream.RemoteCertificate;
        string body = String.Format("{0} {1} client={2}\n", stream.SslProtocol,
            stream.NegotiatedApplicationProtocol, who == null ? "nobody" : who.Subject);

        while (!String.IsNullOrEmpty(reader.ReadLine()))
            ;
        var writer = new StreamWriter(stream);
        writer.Write("HTTP/1.1 200 OK\r\nContent-Length: {0}\r\n\r\n{1}", body.Length, body);
        writer.Flush();
        stream.ShutdownAsync().Wait();
        return line == null || !line.Contains("/quit");
    }

    static void Serve(string file, bool ask)
    {
        var options = new SslServerAuthenticationOptions {
            ServerCertificate = new X509Certificate2(file, Password),
            ClientCertificateRequired = ask,
            ApplicationProtocols = protocols,
            RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
                certificate == null || errors == SslPolicyErrors.None,
        };
        var listener = new TcpListener(IPAddress.Loopback, 0);
        bool more = true;

        listener.Start();
        Console.WriteLine("port " + ((IPEndPoint)listener.LocalEndpoint).Port);
        while (more)
        {
            using (var client = listener.AcceptTcpClient())
            {
                try
                {
                    var stream = new SslStream(client.GetStream());
                    stream.AuthenticateAsServerAsync(options, CancellationToken.None).Wait();
                    more = Answer(stream);
                }
                catch (Exception e)
                {
                    Console.WriteLine("refused: " + Why(e));
                }
            }
        }
    }

    static int Main(string[] arguments)
    {
        try
        {
            if (arguments[0] == "get")
                Get(arguments[1], arguments.Length > 2 ? arguments[2] : null);
            else if (arguments[0] == "stream")
                Stream(arguments[1], Int32.Parse(arguments[2]));
            else
                Serve(arguments[1], arguments.Length > 2);
            return 0;
        }
        catch (Exception e)
        {
            Console.WriteLine("failed: " + Why(e));
            return 1;
        }
    }
}
