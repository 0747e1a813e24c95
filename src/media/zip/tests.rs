use std::process::Command;

use jiff::civil::datetime;

use super::*;

fn entry(name: &str, content: Result<Box<dyn Read + Send>, String>, size: Option<u64>) -> Entry {
    Entry { name: name.to_owned(), modified: datetime(2026, 11, 21, 10, 20, 31, 0), size, content }
}

fn text(name: &str, text: &'static str) -> Entry {
    entry(name, Ok(Box::new(text.as_bytes())), Some(text.len() as u64))
}

fn archive(entries: Vec<Entry>) -> Vec<u8> {
    let mut bytes = Vec::new();
    Zip::new(entries.into_iter(), datetime(2026, 11, 21, 11, 0, 0, 0))
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

/// What Python's zipfile makes of an archive: its complaint or none, then name, length, date and
/// text of each file. None where there is no Python.
fn read_by_python(bytes: &[u8]) -> Option<String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    io::Write::write_all(&mut file, bytes).unwrap();
    let program = "import sys, zipfile\n\
        z = zipfile.ZipFile(sys.argv[1])\n\
        print(z.testzip())\n\
        for i in z.infolist():\n    \
            print(i.filename, i.file_size, i.date_time, ascii(z.read(i)[:200].decode('latin-1')))";
    let mut command = Command::new("python3");
    let done = command.args(["-c", program]).arg(file.path()).output().ok()?;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(String::from_utf8(done.stdout).unwrap())
}

#[test]
fn another_program_reads_what_is_written() {
    struct Broken(u8);
    impl Read for Broken {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            buf[0] = b'x';
            if self.0 < 4 { Ok(1) } else { Err(io::Error::other("chunk 7 is damaged")) }
        }
    }
    let bytes = archive(vec![
        text("index.csv", "call;queue\n"),
        text("audio/Müller.wav", "one"),
        text("audio/müller.wav", "two"),
        text("../../etc/./passwd", "three"),
        entry("audio/unknown.wav", Ok(Box::new(&b"four"[..])), None),
        entry("audio/broken.wav", Ok(Box::new(Broken(0))), Some(100)),
        entry("audio/locked.wav", Err("locked:\nno key".to_owned()), Some(100)),
        text("", "five"),
    ]);
    let Some(said) = read_by_python(&bytes) else {
        println!("there is no python3 here: nothing read the archive");
        return;
    };
    let date = "(2026, 11, 21, 10, 20, 30)";
    let own = "(2026, 11, 21, 11, 0, 0)";
    let sums = [
        ("index.csv", "call;queue\n"),
        ("audio/Müller.wav", "one"),
        ("audio/müller (2).wav", "two"),
        ("etc/passwd", "three"),
        ("audio/unknown.wav", "four"),
        ("recording", "five"),
    ];
    let mut expected = format!(
        "None\n\
         index.csv 11 {date} 'call;queue\\n'\n\
         audio/Müller.wav 3 {date} 'one'\n\
         audio/müller (2).wav 3 {date} 'two'\n\
         etc/passwd 5 {date} 'three'\n\
         audio/unknown.wav 4 {date} 'four'\n\
         audio/broken.wav 3 {date} 'xxx'\n\
         recording 4 {date} 'five'\n\
         faults.txt 96 {own} 'audio/broken.wav: broken off after 3 bytes: chunk 7 is damaged\\n\
         audio/locked.wav: locked: no key\\n'\n"
    );
    let manifest: String = sums
        .iter()
        .map(|(name, text)| {
            let sum: String =
                Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{sum}  {name}\n")
        })
        .collect();
    expected.push_str(&format!("manifest.sha256 {} {own} '", manifest.len()));
    assert!(said.starts_with(&expected), "{said}\n{expected}");
    let holds = |part: &str| bytes.windows(part.len()).any(|window| window == part.as_bytes());
    assert!(holds(&manifest), "the sums of the whole files, and of no other");
}

/// Zeros without end, and without reading them.
struct Zeros(u64);

impl Read for Zeros {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = buf.len().min(usize::try_from(self.0).unwrap());
        buf[..count].fill(0);
        self.0 -= count as u64;
        Ok(count)
    }
}

#[test]
fn little_is_held_of_a_large_archive() {
    let entries = (0..50).map(|number| {
        let content: Box<dyn Read + Send> = Box::new(Zeros(1 << 20));
        entry(&format!("audio/{number}.wav"), Ok(content), Some(1 << 20))
    });
    let mut zip = Zip::new(entries, datetime(2026, 1, 1, 0, 0, 0, 0));
    let (mut buf, mut all, mut most) = (vec![0; 4096], 0, 0);
    loop {
        let count = zip.read(&mut buf).unwrap();
        all += count;
        most = most.max(zip.ready.capacity() + zip.directory.capacity() + zip.manifest.capacity());
        if count == 0 {
            break;
        }
    }
    assert!(all > 50 << 20 && most < 64 << 10, "{most} bytes held for {all}");
}

/// The fields of 64 bits, at places that no test wants to fill.
#[test]
fn past_four_gigabytes_the_fields_are_wide() {
    let content = || -> Box<dyn Read + Send> { Box::new(&b"abc"[..]) };
    let entries =
        vec![entry("a", Ok(content()), Some(3)), entry("b", Ok(content()), Some(5 << 30))];
    let mut zip = Zip::new(entries.into_iter(), datetime(2026, 1, 1, 0, 0, 0, 0));
    // As if 6 GB had been given out before.
    let before = 6u64 << 30;
    zip.place = before;
    let mut bytes = Vec::new();
    zip.read_to_end(&mut bytes).unwrap();
    let find = |mark: u32| {
        let mark = mark.to_le_bytes();
        bytes.windows(4).position(|four| four == mark).unwrap()
    };
    let eight_at = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let directory = find(0x0201_4b50);
    // The place of the first file does not fit; its length does.
    assert_eq!(bytes[directory + 42..directory + 46], [0xff; 4]);
    assert_eq!(bytes[directory + 24..directory + 28], [3, 0, 0, 0]);
    assert_eq!(eight_at(directory + 46 + 1 + 4), before);
    let end = find(0x0606_4b50);
    assert_eq!((eight_at(end + 24), eight_at(end + 48)), (3, before + directory as u64));
    let locator = find(0x0706_4b50);
    assert_eq!(eight_at(locator + 8), before + end as u64);
}

#[test]
fn an_archive_of_nothing_is_one() {
    let Some(said) = read_by_python(&archive(Vec::new())) else { return };
    assert!(said.starts_with("None\nmanifest.sha256 0 "), "{said}");
}

#[test]
fn a_source_is_read_to_the_length_it_had() {
    let mut onward = Onward::new(vec![7u8; 100_000]).unwrap();
    let mut all = Vec::new();
    onward.read_to_end(&mut all).unwrap();
    assert_eq!((all.len(), onward.length()), (100_000, 100_000));
}
