//! Reports: which there are, and each of them.

use axum::response::Response;

use crate::people::Right;
use crate::portal::api::question;
use crate::portal::asked::Asked;
use crate::portal::refusal::Refusal;
use crate::portal::reply;
use crate::portal::sight::Sight;
use crate::portal::wire::reports::{BlockInfo, Catalogue, GroupInfo};
use crate::reports::{self, Group, Stored};

pub async fn catalogue(asked: Asked) -> Result<Response, Refusal> {
    let language = question::language(&asked);
    let blocks_of = |group: Group| {
        let blocks = reports::catalogue().iter().filter(move |block| block.group == group);
        blocks.map(|block| BlockInfo {
            id: block.id.to_owned(),
            label: block.label(language).to_owned(),
            description: block.description(language).to_owned(),
            scope: block.scope.to_owned(),
        })
    };
    let groups = Group::ALL.into_iter().map(|group| GroupInfo {
        id: group.id().to_owned(),
        label: group.label(language).to_owned(),
        blocks: blocks_of(group).collect(),
    });
    reply::json(&Catalogue { groups: groups.collect() })
}

pub async fn report(asked: Asked) -> Result<Response, Refusal> {
    let sight = Sight::of(asked.viewer()?, Right::ReportsView)?;
    let mut query = question::read(&asked)?;
    sight.narrow(&mut query)?;
    let other = question::compared(&asked, &query)?;
    let language = query.language;
    let csv = question::wants_csv(&asked)?;
    let block = asked.part("block").to_owned();
    let report = asked.app.ask(move |reader| {
        let source = Stored::new(reader)?;
        match other {
            Some(other) => reports::run_compared(&block, &query, other, &source),
            None => reports::run(&block, &query, &source),
        }
    });
    let report = report.await?;
    if csv {
        let name = format!("{}.csv", report.block);
        return Ok(reply::csv(&name, report.side_by_side(language).csv()));
    }
    reply::json(&report)
}
